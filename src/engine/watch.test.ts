import { afterAll, describe, expect, test } from "vitest";
import { EngineError } from "../errors/index.ts";
import { checkpointDirectory, recordedCase, recordedPrompt } from "../testing/model-fixtures.ts";
import type { Alternatives, DrawnToken, Engine, SampleRequest } from "./engine.ts";
import { createFakeEngine } from "./fake/fake-engine.ts";
import { createLocalEngine } from "./local/create-local-engine.ts";

const DIRECTORY = checkpointDirectory("tied-mha");
const recorded = recordedCase("tied-mha", "padded-batch");
const prompts = recorded.sequences.map(recordedPrompt);
const request: SampleRequest = {
  prompts,
  groupSize: 3,
  maxCompletionTokens: 40,
  temperature: 0.8,
  topP: 1,
  topK: 0,
  stopTokens: [3, 17],
  seed: 2,
};

const engines: Engine[] = [];
afterAll(() => Promise.all(engines.map((engine) => engine.close())));

async function opened(engine: Engine | Promise<Engine>): Promise<Engine> {
  engines.push(await engine);
  return engine;
}

describe.each([
  ["local", () => opened(createLocalEngine({ model: DIRECTORY, threads: 1 }))],
  ["replicated", () => opened(createLocalEngine({ model: DIRECTORY, threads: 2, replicas: 2 }))],
  ["fake", () => opened(createFakeEngine({ vocabSize: 90, seed: 5 }))],
] as const)("a watched %s engine", (_, open) => {
  test("reports every token, in the order of its completion, with the likeliest in its place", async () => {
    const engine = await open();
    const told = prompts.map(() => Array.from({ length: 3 }, (): DrawnToken[] => []));
    const watch = (drawn: DrawnToken) => {
      told[drawn.prompt]![drawn.place]!.push(drawn);
      return true;
    };
    const groups = await engine.sample({ ...request, watch, alternatives: 4 });
    expect(groups).toEqual(await engine.sample(request));
    const sequences = groups.flatMap((group, p) =>
      group.map(({ tokens }) => ({ prompt: prompts[p]!, completion: tokens })),
    );
    const scores = await engine.score(sequences, { alternatives: 4, temperature: 0.8 });
    for (const [i, { tokens, logprobs }] of groups.flat().entries()) {
      const own = told.flat()[i]!;
      expect(own.map(({ token }) => token)).toEqual([...tokens]);
      expect(own.map(({ logprob }) => logprob)).toEqual([...logprobs]);
      const flat = (name: keyof Alternatives) => own.flatMap(({ alternatives }) => [...alternatives![name]]);
      expect(flat("tokens")).toEqual([...scores[i]!.alternatives!.tokens]);
      expect(Float64Array.from(flat("logprobs"))).toBeAllclose(scores[i]!.alternatives!.logprobs, {
        rtol: 0,
        atol: 1e-4,
      });
    }
  });

  test("ends a completion when asked to, and no other", async () => {
    const engine = await open();
    // Long, since the engine computes on while the word to end is on its way.
    const long = { ...request, groupSize: 3, maxCompletionTokens: 300, stopTokens: [] };
    const whole = await engine.sample(long);
    const told: DrawnToken[] = [];
    const watch = (drawn: DrawnToken) => {
      told.push(drawn);
      return !(drawn.prompt === 1 && drawn.place === 2);
    };
    const groups = await engine.sample({ ...long, watch });
    expect(told.filter(({ prompt, place }) => prompt === 1 && place === 2)).toHaveLength(1);
    for (const [p, group] of groups.entries()) {
      for (const [g, { tokens, stopReason }] of group.entries()) {
        const isEnded = p === 1 && g === 2;
        const all = whole[p]![g]!.tokens;
        expect([...tokens]).toEqual([...all.slice(0, tokens.length)]);
        if (isEnded) expect(tokens.length).toBeLessThan(300);
        else expect(tokens).toHaveLength(300);
        expect(stopReason).toBe(isEnded ? "stop" : "length");
      }
    }
  });

  test("whose watcher throws fails that call, and the next is as ever", async () => {
    const engine = await open();
    const watch = () => {
      throw new Error("not like this");
    };
    await expect(engine.sample({ ...request, watch })).rejects.toThrow("not like this");
    expect(await engine.sample(request)).toEqual(await engine.sample(request));
  });
});

test.each([0, 1.5, Number.NaN])("a watched group of %d is refused as any other", async (groupSize) => {
  const engine = await opened(createLocalEngine({ model: DIRECTORY, threads: 1 }));
  const failed = engine.sample({ ...request, groupSize, watch: () => true });
  await expect(failed).rejects.toThrow(EngineError);
  await expect(failed).rejects.toThrow(`sample: groupSize: expected a positive integer, got ${groupSize}`);
});
