import { describe, expect, test } from "vitest";
import type { Completion, DrawnToken, Engine, Prompt, SampleRequest } from "../engine/index.ts";
import type { SampleJob } from "./sample-member.ts";
import { type GroupSettings, SampleQueue } from "./sample-queue.ts";
import type { SamplerEngines } from "./sampler-engines.ts";
import type { Sampler } from "./samplers.ts";

const prompt = (token: number): Prompt => ({ chunks: [{ kind: "text", tokens: [token] }] });
const sampler = { id: "s", source: { kind: "base" } } as Sampler;
const settings = (maxCompletionTokens: number): GroupSettings => ({
  groupSize: 1,
  maxCompletionTokens,
  temperature: 1,
  topP: 1,
  topK: 0,
  stopTokens: [],
});

/** A queue over an engine that completes a prompt by its own token, fails on token 13, and on token 14 once it was drawn. */
function queueOver(): SampleQueue {
  const engine = {
    capabilities: new Set(["watch"]),
    sample: async ({ prompts, watch }: Pick<SampleRequest, "prompts" | "watch">) => {
      const tokens = prompts.map(({ chunks: [chunk] }) => (chunk?.kind === "text" ? chunk.tokens[0]! : 0));
      if (tokens.includes(13)) throw new RangeError("token 13");
      for (const [i, token] of tokens.entries()) watch?.({ prompt: i, place: 0, token, logprob: 0 });
      if (tokens.includes(14)) throw new RangeError("token 14");
      return tokens.map((token): Completion[] => [
        { tokens: Int32Array.of(token), logprobs: Float64Array.of(0), stopReason: "stop" } as Completion,
      ]);
    },
  } as unknown as Engine;
  const engines = {
    run: (_: Sampler, work: (own: Engine) => unknown) => work(engine),
  } as unknown as SamplerEngines;
  return new SampleQueue({ engines, seed: 0, batchLimitMs: 1000 });
}

const first = async (group: Promise<Completion[]>) => (await group)[0]!.tokens[0];

test("one bad prompt fails alone among requests that came together", async () => {
  const queue = queueOver();
  const asked = [1, 13, 2].map((token) =>
    first(queue.group(sampler, settings(4), { prompt: prompt(token) })),
  );
  const found = await Promise.allSettled(asked);
  expect(found.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  expect(found.map((one) => (one.status === "fulfilled" ? one.value : undefined))).toEqual([1, undefined, 2]);
});

describe("streams that came together", () => {
  const streamed = async (...tokens: number[]) => {
    const queue = queueOver();
    const seen: number[] = [];
    const found = await Promise.allSettled(
      tokens.map((token) => {
        const watch = (drawn: DrawnToken) => seen.push(drawn.token) > 0;
        return first(queue.group(sampler, settings(4), { prompt: prompt(token), watch }));
      }),
    );
    return { seen, found: found.map((one) => (one.status === "fulfilled" ? one.value : undefined)) };
  };

  test("fail alone while nothing was drawn, and see each token once", async () => {
    expect(await streamed(1, 13, 2)).toEqual({ seen: [1, 2], found: [1, undefined, 2] });
  });

  test("fail together once tokens were drawn, which are not sent twice", async () => {
    expect(await streamed(1, 14)).toEqual({ seen: [1, 14], found: [undefined, undefined] });
  });
});

describe("a marked batch", () => {
  const ask = (
    queue: SampleQueue,
    place: number,
    more: { size?: number; most?: number; job?: Partial<SampleJob> } = {},
  ) =>
    first(
      queue.group(
        sampler,
        settings(more.most ?? 4),
        { prompt: prompt(place + 1), seed: 7, ...more.job },
        { id: "b", place, size: more.size ?? 2 },
      ),
    );

  test("is sampled whole, each member with its own completion", async () => {
    const queue = queueOver();
    expect(await Promise.all([ask(queue, 1), ask(queue, 0)])).toEqual([2, 1]);
  });

  test.each([
    ["a place twice", 0, {}, "is taken or impossible"],
    ["a place beyond its size", 2, {}, "is taken or impossible"],
    ["other settings", 1, { most: 99 }, "its settings differ"],
    ["another size", 1, { size: 3 }, "its settings differ"],
    ["another seed", 1, { job: { seed: 8 } }, "its settings differ"],
  ])("refuses %s, and still serves the others", async (_, place, more, message) => {
    const queue = queueOver();
    const whole = ask(queue, 0);
    await expect(ask(queue, place, more)).rejects.toThrow(message);
    expect(await Promise.all([whole, ask(queue, 1)])).toEqual([1, 2]);
  });
});
