import { afterEach, describe, expect, test, vi } from "vitest";
import type { Engine, SampleRequest } from "../engine/index.ts";
import { temporaryDirectory } from "../testing/temporary-directory.ts";
import { call, rawModel, result } from "../testing/tinker-calls.ts";
import { servedDigits, TinkerWorld, wholeFakeEngine } from "../testing/tinker-fixtures.ts";

const world = new TinkerWorld();
afterEach(() => world.close());

const prompt = { chunks: [{ type: "encoded_text", tokens: [1] }] };

/** A sampling session of the base model, in a session of its own. */
async function sampling(url: string, sequence = 0) {
  const session = String((await call(url, "create_session", {})).json["session_id"]);
  const begun = await call(url, "create_sampling_session", {
    session_id: session,
    sampling_session_seq_id: sequence,
    base_model: "digits",
  });
  const id = String(begun.json["sampling_session_id"]);
  const ask = (parameters: object, fields: object = {}) =>
    call(url, "asample", {
      sampling_session_id: id,
      prompt,
      sampling_params: { max_tokens: 4, seed: 1, ...parameters },
      ...fields,
    });
  return { session, id, ask };
}

interface Sampled {
  readonly sequences: readonly { readonly tokens: number[]; readonly stop_reason: string }[];
}
const sampled = async (url: string, ...asked: Parameters<Awaited<ReturnType<typeof sampling>>["ask"]>) =>
  (await result(url, await (await sampling(url)).ask(...asked))) as unknown as Sampled;

describe("numbers of requests for samples", () => {
  test("of a copied client are beyond 2^53, and each is a request of its own", async () => {
    const { url } = await world.server();
    const { id } = await sampling(url);
    const body = (number: string) =>
      `{"sampling_session_id":"${id}","seq_id":${number},"prompt":${JSON.stringify(prompt)},"sampling_params":{"max_tokens":2}}`;
    const first = await call(url, "asample", body("864197532000000000"));
    const second = await call(url, "asample", body("864197532000000001"));
    const again = await call(url, "asample", body("864197532000000000"));
    expect([first.status, second.status]).toEqual([200, 200]);
    expect(second.json["request_id"]).not.toBe(first.json["request_id"]);
    expect(again.json["request_id"]).toBe(first.json["request_id"]);
    for (const one of [first, second]) expect(await result(url, one)).toMatchObject({ type: "sample" });
    expect(await call(url, "asample", body("1.5"))).toMatchObject({
      status: 400,
      json: { error: "asample: seq_id: expected a whole number" },
    });
  });
});

describe("stops of a request for samples", () => {
  /** A model that says "the " again and again, and then its end. */
  const saying = (text: string): (() => Engine) => {
    const { tokenizer, dialogue } = servedDigits("digits", wholeFakeEngine);
    const said = [...tokenizer.encode(text), dialogue.stopTokens[0]!, ...tokenizer.encode(text)];
    return () => ({
      ...wholeFakeEngine(),
      sample: async ({ prompts, groupSize, watch, stopTokens, maxCompletionTokens }: SampleRequest) =>
        prompts.map((_, p) =>
          Array.from({ length: groupSize }, (__, place) => {
            const tokens: number[] = [];
            let goesOn = true;
            for (const token of said.slice(0, maxCompletionTokens)) {
              tokens.push(token);
              // One token more than was asked for, as an engine may sample that computes on.
              if (!goesOn || stopTokens.includes(token)) break;
              goesOn = watch?.({ prompt: p, place, token, logprob: -1 }) ?? true;
            }
            const numbers = new Float64Array(tokens.length).fill(-1);
            const stopReason = tokens.length < maxCompletionTokens ? ("stop" as const) : ("length" as const);
            return { tokens: Int32Array.from(tokens), logprobs: numbers, entropy: numbers, stopReason };
          }),
        ),
    });
  };
  const { tokenizer, dialogue } = servedDigits("digits", wholeFakeEngine);
  const texts = ({ sequences }: Sampled) =>
    sequences.map(({ tokens }) => tokens.map((token) => tokenizer.decode([token])).join(""));

  test("that are texts end each sequence early, and the engine stops too", async () => {
    const { url } = await world.server({ engine: saying("see the set") });
    const found = await sampled(url, { max_tokens: 40, stop: ["h"] }, { num_samples: 2 });
    expect(texts(found)).toEqual(["see the", "see the"]);
    expect(found.sequences.map(({ stop_reason }) => stop_reason)).toEqual(["stop", "stop"]);
    expect(texts(await sampled(url, { max_tokens: 40, stop: ["e t", "nowhere"] }))).toEqual(["see the"]);
  });

  test("that are missing are the model's own; an empty list has none, the model's end neither", async () => {
    const { url } = await world.server({ engine: saying("see") });
    const [end] = dialogue.stopTokens;
    const own = await sampled(url, { max_tokens: 40 });
    expect(own.sequences[0]!.tokens.at(-1)).toBe(end);
    const most = own.sequences[0]!.tokens.length * 2 - 1;
    const none = await sampled(url, { max_tokens: most, stop: [] });
    expect(none.sequences[0]).toMatchObject({ stop_reason: "length" });
    expect(none.sequences[0]!.tokens).toHaveLength(most);
    expect(await sampled(url, { stop: [""] })).toMatchObject({
      code: "bad-request",
      error: expect.stringContaining("sampling_params.stop: expected texts of at least one character"),
    });
  });
});

describe("samples of a session that ends", () => {
  /** An engine that samples until its caller ends it, and how many tokens it has sampled. */
  function endlessEngine() {
    const state = { drawn: 0, isSampling: false };
    const engine: Engine = {
      ...wholeFakeEngine(),
      sample: async ({ prompts, groupSize, watch, maxCompletionTokens }) => {
        state.isSampling = true;
        for (let t = 0; t < maxCompletionTokens; t++) {
          state.drawn += 1;
          if (watch?.({ prompt: 0, place: 0, token: 1, logprob: 0 }) === false) break;
          await new Promise((resolve) => setTimeout(resolve, 1));
        }
        state.isSampling = false;
        const none = {
          tokens: new Int32Array(0),
          logprobs: new Float64Array(0),
          entropy: new Float64Array(0),
        };
        const completion = { ...none, stopReason: "stop" as const };
        return prompts.map(() => Array.from({ length: groupSize }, () => completion));
      },
    };
    return { state, engine };
  }

  test("end too, also samples that wait: other sessions continue at once", async () => {
    const { state, engine } = endlessEngine();
    const { url } = await world.server({ engine: () => engine });
    const [first, second] = [await sampling(url), await sampling(url)];
    const running = await first.ask({ max_tokens: 100_000 });
    await vi.waitFor(() => expect(state.isSampling).toBe(true));
    const waiting = await first.ask({ max_tokens: 90_000 });
    await call(url, `sessions/${first.session}/finish`, {});
    for (const one of [running, waiting]) {
      expect(await result(url, one)).toMatchObject({ code: "unknown-session" });
    }
    const { drawn } = state;
    expect(drawn).toBeLessThan(10_000);
    expect(await result(url, await second.ask({ max_tokens: 1 }))).toMatchObject({ type: "sample" });
    expect(state.drawn).toBeLessThan(drawn + 10);
  });
});

describe("samples at the end of the server", () => {
  /** An engine whose samples wait until the gate is opened. */
  function gatedEngine() {
    let open = () => {};
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    let asked = 0;
    const engine = () => {
      const own = wholeFakeEngine();
      const sample = own.sample.bind(own);
      own.sample = async (request) => {
        asked += 1;
        await gate;
        return sample(request);
      };
      return own;
    };
    return { engine, open: () => open(), asked: () => asked };
  }

  test("are finished, also behind others in the queue, of the base model and of a live model", async () => {
    const state = temporaryDirectory();
    const { engine, open, asked } = gatedEngine();
    const first = await world.server({ state, engine });
    const { ask } = await sampling(first.url);
    const { model } = await rawModel(first.url);
    const saved = await call(first.url, "save_weights_for_sampler", { model_id: model, seq_id: 1 });
    const { sampling_session_id: live } = await result(first.url, saved);
    const requests = [await ask({}, { seq_id: 0 })];
    await vi.waitFor(() => expect(asked()).toBe(1));
    requests.push(await ask({ max_tokens: 3 }, { seq_id: 1, prompt_logprobs: true }));
    for (const [seq_id, sampling_session_id] of [live, live].entries()) {
      requests.push(await ask({ max_tokens: 2 + seq_id }, { seq_id, sampling_session_id }));
    }
    const closed = first.close();
    await new Promise((resolve) => setTimeout(resolve, 60));
    open();
    await closed;
    const { url } = await world.server({ state });
    for (const one of requests) expect(await result(url, one)).toMatchObject({ type: "sample" });
    // The model did not fail to be suspended by its samples.
    const step = { model_id: model, seq_id: 2, adam_params: {} };
    expect(await result(url, await call(url, "optim_step", step))).toMatchObject({ type: "optim_step" });
  });

  test("that never end, or whose batch is not whole, are not waited for, and may be asked for again", async () => {
    const state = temporaryDirectory();
    const { engine } = gatedEngine();
    const first = await world.server({ state, engine, restLimitMs: 50 });
    const { ask } = await sampling(first.url);
    const stuck = await ask({}, { seq_id: 0 });
    const part = await ask({}, { seq_id: 1, fovea: { batch: { id: "b", place: 0, size: 2 } } });
    await first.close();
    const { url } = await world.server({ state });
    for (const one of [stuck, part]) {
      const asked = { request_id: one.json["request_id"] };
      expect(await call(url, "retrieve_future", asked)).toMatchObject({
        status: 410,
        json: { code: "unknown-future" },
      });
    }
  });
});
