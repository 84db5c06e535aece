import { afterEach, describe, expect, test, vi } from "vitest";
import type { Engine } from "../engine/index.ts";
import { EngineError } from "../errors/index.ts";
import { encodePng } from "../model/index.ts";
import { call, rawDatum, rawModel, result } from "../testing/tinker-calls.ts";
import { TinkerWorld, wholeFakeEngine } from "../testing/tinker-fixtures.ts";

const world = new TinkerWorld();
afterEach(() => world.close());

type Inputs = Readonly<Record<string, object>>;
const datum = (chunks: readonly object[], inputs: Inputs) => ({
  model_input: { chunks },
  loss_fn_inputs: inputs,
});
const text = (tokens: readonly number[]) => ({ type: "encoded_text", tokens });
const good = rawDatum([1, 2, 3], {});

/** The answer to a `forward_backward` of these data. */
async function backward(data: readonly object[], more: object = {}, engine: () => Engine = wholeFakeEngine) {
  const { url } = await world.server({ engine });
  const { model } = await rawModel(url);
  const input = { data, loss_fn: "cross_entropy", ...more };
  return result(url, await call(url, "forward_backward", { model_id: model, forward_backward_input: input }));
}

describe("a fault of data names its datum", () => {
  const long = Array.from({ length: 100_000 }, () => 10);

  test.each([
    [
      "a token outside of the vocabulary",
      datum([text([1, 999_999])], { target_tokens: { data: [2, 3] } }),
      /^datum 1, chunk 0: expected token ids in \[0, 464\), got 999999$/,
    ],
    [
      "a target outside of the vocabulary",
      datum([text([1, 2])], { target_tokens: { data: [2, 9999] } }),
      /^datum 1, target_tokens: expected token ids in \[0, 464\), got 9999$/,
    ],
    [
      "more tokens than the context has",
      datum([text(long)], { target_tokens: { data: long } }),
      /^datum 1: expected at most \d+ tokens, the model's context, got 100000$/,
    ],
    [
      "a shape of other numbers than there are",
      datum([text([1, 2, 3])], {
        target_tokens: { data: [2, 3, 4] },
        weights: { data: [1, 1, 1], shape: [7] },
      }),
      /^datum 1, weights: expected a shape of 3 numbers, as there are in data, got \[7\]$/,
    ],
  ])("%s", async (_, bad, message) => {
    expect(await backward([good, bad])).toMatchObject({
      category: "user",
      error: expect.stringMatching(message),
    });
  });

  test("an image of one line", async () => {
    const png = await encodePng({ width: 500, height: 1, data: new Uint8Array(1500) });
    const image = { type: "image", data: Buffer.from(png).toString("base64"), format: "png" };
    const bad = datum([text([1]), image], { target_tokens: { data: [2] } });
    expect(await backward([good, bad])).toMatchObject({
      category: "user",
      error: expect.stringMatching(/^datum 1, chunk 1: image: expected an aspect ratio of at most/),
    });
  });

  test("bounds in the wrong order", async () => {
    const config = { clip_low_threshold: 2, clip_high_threshold: 1 };
    expect(await backward([good], { loss_fn: "ppo", loss_fn_config: config })).toMatchObject({
      error: "loss_fn_config: expected clip_low_threshold of at most clip_high_threshold, 1, got 2",
    });
  });
});

describe("a step that would spoil the weights", () => {
  test.each([["learning_rate"], ["weight_decay"]])("is refused: a %s of 1e300", async (name) => {
    const engine = wholeFakeEngine();
    const step = vi.spyOn(engine, "step");
    const { url } = await world.server({ engine: () => engine });
    const { model } = await rawModel(url);
    const body = { model_id: model, adam_params: { [name]: 1e300 } };
    expect(await result(url, await call(url, "optim_step", body))).toMatchObject({
      code: "bad-request",
      error: `optim_step: adam_params.${name}: expected at most 1000`,
    });
    expect(step).not.toHaveBeenCalled();
  });
});

describe("whose fault it is", () => {
  const failing = (error: Error) => () => ({ ...wholeFakeEngine(), score: () => Promise.reject(error) });

  test.each([
    ["the client's, where the engine cannot do what was asked", new EngineError("no value head"), "user"],
    ["the server's, where the engine broke", new EngineError("ended", { hasEnded: true }), "server"],
    ["the server's, where nobody knows", new TypeError("x is not a function"), "server"],
  ])("%s", async (_, error, category) => {
    expect(await backward([good], {}, failing(error))).toMatchObject({ category });
  });

  test("a model that is unloaded says so to what is under way in it", async () => {
    const engine: Engine = { ...wholeFakeEngine(), score: () => new Promise(() => {}) };
    const { url } = await world.server({ engine: () => engine });
    const { model } = await rawModel(url);
    const input = { data: [good], loss_fn: "cross_entropy" };
    const running = await call(url, "forward", { model_id: model, seq_id: 1, forward_input: input });
    await result(url, await call(url, "unload_model", { model_id: model }));
    expect(await result(url, running)).toMatchObject({
      code: "unknown-model",
      category: "user",
      call: "forward",
      error: `the model ${model} was unloaded`,
    });
  });
});
