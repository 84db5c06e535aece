import { afterEach, describe, expect, test, vi } from "vitest";
import type { Engine, SampleRequest } from "../../engine/index.ts";
import { chatCall, chatChunks, imagePart } from "../../testing/chat-calls.ts";
import { call, rawModel, result } from "../../testing/tinker-calls.ts";
import { servedDigits, TinkerWorld } from "../../testing/tinker-fixtures.ts";
import { openFakeEngine } from "../../testing/tiny-run.ts";

const world = new TinkerWorld();
afterEach(() => world.close());

const { dialogue, tokenizer } = servedDigits("digits", openFakeEngine);
const ask = (content: unknown, more: object = {}) => ({
  model: "digits",
  messages: [{ role: "user", content }],
  max_tokens: 12,
  seed: 5,
  ...more,
});

interface Choice {
  readonly index: number;
  readonly message: { readonly role: string; readonly content: string };
  readonly finish_reason: string;
  readonly token_ids?: readonly number[];
  readonly logprobs: {
    readonly content: readonly {
      readonly token: string;
      readonly logprob: number;
      readonly bytes: number[] | null;
      readonly top_logprobs: readonly { readonly token: string; readonly logprob: number }[];
    }[];
  } | null;
}

const choicesOf = ({ json }: { json: Record<string, unknown> }) => json["choices"] as Choice[];

/** A server over a fake engine that notes what it was asked. */
async function noted() {
  const engine = openFakeEngine();
  const requests: SampleRequest[] = [];
  const watched: Engine = {
    ...engine,
    sample: (request) => {
      requests.push(request);
      return engine.sample(request);
    },
  };
  const { url } = await world.server({ engine: () => watched });
  return { url, engine, requests };
}

describe("a chat completion", () => {
  test("is the engine's sample after the dialogue's prompt, in OpenAI's form", async () => {
    const { url, engine, requests } = await noted();
    const answer = await chatCall(url, ask("What is it?", { logprobs: true, return_token_ids: true }));
    expect(answer.status).toBe(200);
    const problem = { id: "a", images: [], question: "What is it?", answers: [], columns: {} };
    const prompt = dialogue.prompt(problem);
    expect(requests[0]!.prompts).toEqual([prompt]);
    const common = { groupSize: 1, maxCompletionTokens: 12, temperature: 1, topP: 1, topK: 0 };
    const { stopTokens } = dialogue;
    const [[own] = []] = await engine.sample({ ...common, prompts: [prompt], stopTokens, seed: 5 });
    const [choice] = choicesOf(answer);
    expect(answer.json).toMatchObject({
      id: expect.stringMatching(/^chatcmpl-/),
      object: "chat.completion",
      created: expect.any(Number),
      model: "digits",
      usage: {
        prompt_tokens: dialogue.promptTokens(prompt),
        completion_tokens: own!.tokens.length,
        total_tokens: dialogue.promptTokens(prompt) + own!.tokens.length,
      },
    });
    expect(choice).toMatchObject({
      index: 0,
      message: { role: "assistant", content: dialogue.text(own!.tokens), refusal: null },
      finish_reason: own!.stopReason,
      token_ids: [...own!.tokens],
    });
    const entries = choice!.logprobs!.content;
    expect(entries.map(({ logprob }) => logprob)).toEqual([...own!.logprobs]);
    const bytes = Buffer.from(entries.flatMap((entry) => entry.bytes ?? []));
    expect(bytes.toString("utf8")).toBe(choice!.message.content);
  });

  test("has as many choices as are asked for, the same for the same seed, all of one prompt", async () => {
    const { url } = await noted();
    const three = await chatCall(url, ask("?", { n: 3 }));
    expect(choicesOf(three).map(({ index }) => index)).toEqual([0, 1, 2]);
    expect(choicesOf(await chatCall(url, ask("?", { n: 3 })))).toEqual(choicesOf(three));
    const [one] = choicesOf(await chatCall(url, ask("?")));
    expect(choicesOf(three)[0]).toEqual(one);
    const texts = new Set(choicesOf(three).map(({ message }) => message.content));
    expect(texts.size).toBe(3);
    const other = await chatCall(url, ask("?", { seed: 6 }));
    expect(choicesOf(other)[0]!.message).not.toEqual(one!.message);
    const unseeded = await Promise.all([1, 2].map(() => chatCall(url, ask("?", { seed: null }))));
    expect(choicesOf(unseeded[0]!)[0]!.message).not.toEqual(choicesOf(unseeded[1]!)[0]!.message);
  });

  test("passes temperature, top_p, top_k and the limit on, each with OpenAI's default", async () => {
    const { url, requests } = await noted();
    await chatCall(url, { model: "digits", messages: [{ role: "user", content: "?" }] });
    await chatCall(url, ask("?", { temperature: 0, top_p: 0.5, top_k: 3, max_completion_tokens: 12 }));
    await chatCall(url, ask("?", { top_k: -1 }));
    expect(requests[0]).toMatchObject({ temperature: 1, topP: 1, topK: 0, maxCompletionTokens: 1024 });
    expect(requests[1]).toMatchObject({ temperature: 0, topP: 0.5, topK: 3, maxCompletionTokens: 12 });
    expect(requests[2]).toMatchObject({ topK: 0 });
  });

  test("reads a conversation of several turns and images in their places", async () => {
    const { url, requests } = await noted();
    const image = (level: number) => ({
      width: 28,
      height: 28,
      data: new Uint8Array(28 * 28 * 3).fill(level),
    });
    const [first, second] = [image(10), image(200)];
    const messages = [
      { role: "developer", content: [{ type: "text", text: "Look." }] },
      { role: "user", content: [await imagePart(first), { type: "text", text: "one?" }] },
      { role: "assistant", content: "1", refusal: null, annotations: [], tool_calls: [] },
      { role: "user", content: [{ type: "text", text: "and " }, await imagePart(second)] },
    ];
    const answer = await chatCall(url, ask("", { messages }));
    expect(answer.status).toBe(200);
    const [prompt] = requests[0]!.prompts;
    expect(prompt).toEqual(
      dialogue.conversationPrompt(
        [
          { role: "system", content: "Look." },
          { role: "user", content: [{ type: "image" }, { type: "text", text: "one?" }] },
          { role: "assistant", content: "1" },
          { role: "user", content: [{ type: "text", text: "and " }, { type: "image" }] },
        ],
        [first, second],
      ),
    );
    expect(answer.json["usage"]).toMatchObject({ prompt_tokens: dialogue.promptTokens(prompt!) });
  });

  test("of the same conversation has the same prompt, so that engines compute it once", async () => {
    const { url, requests } = await noted();
    await chatCall(url, ask("again"));
    await chatCall(url, ask("again", { seed: 9 }));
    expect(requests[1]!.prompts[0]).toBe(requests[0]!.prompts[0]);
  });

  test("ends before a stop text, and counts the tokens up to the one that completes it", async () => {
    const { url } = await noted();
    const [whole] = choicesOf(await chatCall(url, ask("?", { return_token_ids: true })));
    const { content } = whole!.message;
    expect(content.length).toBeGreaterThan(6);
    const stop = content.slice(3, 5);
    const cut = await chatCall(url, ask("?", { stop, return_token_ids: true }));
    const [choice] = choicesOf(cut);
    expect(choice).toMatchObject({
      message: { content: content.slice(0, content.indexOf(stop)) },
      finish_reason: "stop",
    });
    const kept = choice!.token_ids!;
    expect(kept).toEqual(whole!.token_ids!.slice(0, kept.length));
    expect(dialogue.text([...kept])).toContain(stop);
    expect(dialogue.text(kept.slice(0, -1))).not.toContain(stop);
    expect(cut.json["usage"]).toMatchObject({ completion_tokens: kept.length });
    const special = await chatCall(url, ask("?", { stop: ["<|endoftext|>"] }));
    expect(choicesOf(special)[0]!.message.content).toBe(content);
  });

  test("gives the likeliest tokens beside each token, the likeliest first", async () => {
    const { url } = await noted();
    const [choice] = choicesOf(await chatCall(url, ask("?", { logprobs: true, top_logprobs: 3 })));
    for (const { top_logprobs: top, logprob } of choice!.logprobs!.content) {
      expect(top).toHaveLength(3);
      const logprobs = top.map((each) => each.logprob);
      expect(logprobs).toEqual([...logprobs].sort((a, b) => b - a));
      expect(logprobs[0]).toBeGreaterThanOrEqual(logprob);
    }
  });
});

describe("a stream", () => {
  test("has, joined, what the whole answer has: texts, log-probs, ids, reasons and usage", async () => {
    const { url } = await noted();
    const body = ask("?", { n: 2, logprobs: true, top_logprobs: 2, return_token_ids: true });
    const whole = await chatCall(url, body);
    const { chunks, isDone } = await chatChunks(url, { ...body, stream_options: { include_usage: true } });
    expect(isDone).toBe(true);
    expect(new Set(chunks.map(({ id }) => id)).size).toBe(1);
    expect(new Set(chunks.map(({ object }) => object))).toEqual(new Set(["chat.completion.chunk"]));
    for (const { index, message, logprobs, token_ids: ids, finish_reason: reason } of choicesOf(whole)) {
      const own = chunks.flatMap(({ choices }) => choices.filter((choice) => choice.index === index));
      expect(own[0]!.delta).toEqual({ role: "assistant", content: "", refusal: null });
      expect(own.map(({ delta }) => delta.content ?? "").join("")).toBe(message.content);
      expect(own.flatMap((choice) => choice.logprobs?.content ?? [])).toEqual(logprobs!.content);
      expect(own.flatMap((choice) => choice.token_ids ?? [])).toEqual(ids);
      const reasons = own.map((choice) => choice.finish_reason);
      expect(reasons).toEqual([...Array(own.length - 1).fill(null), reason]);
    }
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: whole.json["usage"] });
    expect(chunks.slice(0, -1).every(({ usage }) => usage === null)).toBe(true);
  });

  test("reports usage only if asked for, and ends before a stop text", async () => {
    const { url } = await noted();
    const [whole] = choicesOf(await chatCall(url, ask("?")));
    const stop = whole!.message.content.slice(3, 5);
    const [cut] = choicesOf(await chatCall(url, ask("?", { stop })));
    const { chunks } = await chatChunks(url, ask("?", { stop }));
    const own = chunks.flatMap(({ choices }) => choices);
    expect(own.map(({ delta }) => delta.content ?? "").join("")).toBe(cut!.message.content);
    expect(own.at(-1)!.finish_reason).toBe("stop");
    expect(chunks.every((chunk) => !("usage" in chunk))).toBe(true);
  });
});

describe("requests at the same time", () => {
  test("of equal settings are sampled together, each as if it were alone; all others one after another", async () => {
    const engine = openFakeEngine();
    const requests: SampleRequest[] = [];
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const { url } = await world.server({
      engine: () => ({
        ...engine,
        sample: async (request) => {
          requests.push(request);
          if (requests.length === 1) await held;
          return engine.sample(request);
        },
      }),
    });
    const first = chatCall(url, ask("first"));
    await vi.waitFor(() => expect(requests).toHaveLength(1), { timeout: 30_000 });
    // They come while the engine is busy.
    const bodies = [1, 2, 3, 4].map((seed) => ask(`question ${seed}`, { seed }));
    const others = [...bodies, ask("a", { temperature: 0 })].map((body) => chatCall(url, body));
    await new Promise((resolve) => setTimeout(resolve, 2000));
    release();
    const together = await Promise.all(others);
    await first;
    expect(requests.map(({ prompts }) => prompts.length).sort((a, b) => a - b)).toEqual([1, 1, 4]);
    for (const [i, body] of bodies.entries()) {
      expect(choicesOf(await chatCall(url, body))).toEqual(choicesOf(together[i]!));
    }
  });
});

describe("the models that may be asked", () => {
  test("are the base model and checkpoints, each by its name", async () => {
    const { url } = await noted();
    const { model } = await rawModel(url);
    const save = { model_id: model, seq_id: 1, path: "first" };
    const { path } = await result(url, await call(url, "save_weights_for_sampler", save));
    const listed = (await (await fetch(`${url}/v1/models`)).json()) as { data: { id: string }[] };
    expect(listed).toMatchObject({ object: "list" });
    expect(listed.data.map(({ id }) => id)).toEqual(["digits", path]);
    expect(listed.data[0]).toMatchObject({ object: "model", owned_by: "fovea", max_model_len: 32768 });
    for (const id of ["digits", String(path)]) {
      const found = await fetch(`${url}/v1/models/${encodeURIComponent(id)}`);
      expect(await found.json()).toMatchObject({ id });
      expect((await chatCall(url, ask("?", { model: id }))).status).toBe(200);
    }
    expect((await fetch(`${url}/v1/models/other`)).status).toBe(404);
  });
});

test("a token's name is its text, a special one's its content", async () => {
  const end = dialogue.stopTokens[0]!;
  const engine = openFakeEngine();
  const ending: Engine = {
    ...engine,
    sample: async ({ prompts, watch }) =>
      prompts.map((_, prompt) => {
        watch?.({ prompt, place: 0, token: end, logprob: Number.NEGATIVE_INFINITY });
        const numbers = Float64Array.of(0);
        return [{ tokens: Int32Array.of(end), logprobs: numbers, entropy: numbers, stopReason: "stop" }];
      }),
  };
  const { url } = await world.server({ engine: () => ending });
  const [choice] = choicesOf(await chatCall(url, ask("?", { logprobs: true })));
  expect(choice).toMatchObject({ message: { content: "" }, finish_reason: "stop" });
  expect(choice!.logprobs!.content).toEqual([
    { token: tokenizer.decode([end]), logprob: -9999, bytes: null, top_logprobs: [] },
  ]);
});
