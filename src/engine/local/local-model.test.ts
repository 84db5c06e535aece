import { afterAll, describe, expect, test } from "vitest";
import { DataError, EngineError, ShapeError } from "../../errors/index.ts";
import { parseConfig, type RgbImage, readConfig, readJson } from "../../model/index.ts";
import {
  checkpointDirectory,
  coefficientsOf,
  recordedCase,
  recordedImage,
  register,
  registerCase,
} from "../../testing/model-fixtures.ts";
import type { Prompt, PromptChunk } from "../engine.ts";
import { LocalModel, type LocalSampleRequest } from "./local-model.ts";

const DIRECTORY = checkpointDirectory("tied-gqa");
const [IMAGE, VIDEO] = [93, 94];
const model = new LocalModel({ model: DIRECTORY, threads: 1 });
afterAll(() => model.close());

const text = (...tokens: number[]): PromptChunk => ({ kind: "text", tokens });
const image = (data: RgbImage): PromptChunk => ({ kind: "image", image: data });
const prompt = (...chunks: PromptChunk[]): Prompt => ({ chunks });
const known = register(model, prompt(text(1, 2, 3)));
const square = recordedImage({ kind: "image", width: 56, height: 56, formula: { a: 3, b: 5, d: 7, e: 11 } });

describe("a prompt is refused", () => {
  test.each<[string, Prompt, new (message: string) => Error, RegExp]>([
    ["when it is empty", prompt(), EngineError, /expected at least one token, got none/],
    ["when its text is empty", prompt(text(), text()), EngineError, /expected at least one token, got none/],
    [
      "with an image-pad id in its text",
      prompt(text(1), text(2, IMAGE)),
      EngineError,
      /chunk 1: token 93 is a pad of/,
    ],
    ["with a video-pad id in its text", prompt(text(VIDEO)), EngineError, /chunk 0: token 94 is a pad of/],
    [
      "with an id beyond the vocabulary",
      prompt(text(96)),
      EngineError,
      /expected token ids in \[0, 96\), got 96/,
    ],
    ["with a negative id", prompt(text(-1)), EngineError, /got -1/],
    ["with an id that is no integer", prompt(text(1.5)), EngineError, /got 1\.5/],
    [
      "with an image without pixels",
      prompt(image({ width: 0, height: 4, data: new Uint8Array() })),
      DataError,
      /0/,
    ],
    [
      "with an image whose bytes do not fill it",
      prompt(image({ ...square, width: 84 })),
      ShapeError,
      /bytes for 84 x 56/,
    ],
  ])("%s", (_, refused, kind, message) => {
    expect(() => model.register([[1000, refused]])).toThrow(kind);
    expect(() => model.register([[1000, refused]])).toThrow(message);
  });

  test("and with it all that came in the same call", async () => {
    expect(() =>
      model.register([
        [1001, prompt(text(1))],
        [1002, prompt()],
      ]),
    ).toThrow(EngineError);
    await expect(model.score([{ prompt: 1001, completion: Int32Array.of(1) }])).rejects.toThrow(
      "prompt 1001 is not registered",
    );
  });

  test("after it was forgotten", async () => {
    const id = register(model, prompt(text(5)));
    expect(await model.score([{ prompt: id, completion: Int32Array.of(1) }])).toHaveLength(1);
    model.forget([id]);
    await expect(model.score([{ prompt: id, completion: Int32Array.of(1) }])).rejects.toThrow(EngineError);
  });
});

describe("a completion is refused", () => {
  test.each([
    [96, /completion 1: expected token ids in \[0, 96\), got 96/],
    [-1, /got -1/],
    [IMAGE, /completion 1: token 93 is a pad of/],
    [VIDEO, /token 94 is a pad of/],
  ])("with the id %d, in scoring and in accumulating", async (token, message) => {
    const sequences = [[1], [2, token]].map((tokens) => ({
      prompt: known,
      completion: Int32Array.from(tokens),
    }));
    await expect(model.score(sequences)).rejects.toThrow(EngineError);
    await expect(model.score(sequences)).rejects.toThrow(message);
    await expect(model.accumulate(sequences, [Float64Array.of(1), Float64Array.of(1, 1)])).rejects.toThrow(
      message,
    );
  });
});

describe("coefficients are refused", () => {
  const sequences = [{ prompt: known, completion: Int32Array.of(1, 2, 3) }];
  test.each<[string, Float64Array[], RegExp]>([
    ["of too few sequences", [], /expected 1 arrays, got 0/],
    ["of too few tokens", [new Float64Array(2)], /expected shape \[3\], got \[2\] \(sequence 0\)/],
    ["of too many tokens", [new Float64Array(4)], /expected shape \[3\], got \[4\]/],
  ])("%s", async (_, coefficients, message) => {
    await expect(model.accumulate(sequences, coefficients)).rejects.toThrow(ShapeError);
    await expect(model.accumulate(sequences, coefficients)).rejects.toThrow(message);
  });
});

describe("a setting is refused", () => {
  const request: LocalSampleRequest = {
    prompts: [known],
    groupSize: 1,
    maxCompletionTokens: 1,
    temperature: 1,
    topP: 1,
    topK: 0,
    stopTokens: [],
    seed: 1,
  };
  test.each<[Partial<LocalSampleRequest>, RegExp]>([
    [{ groupSize: 0 }, /groupSize: expected a positive integer, got 0/],
    [{ groupSize: 1.5 }, /groupSize: .* got 1\.5/],
    [{ maxCompletionTokens: 0 }, /maxCompletionTokens: expected a positive integer, got 0/],
    [{ maxCompletionTokens: Number.POSITIVE_INFINITY }, /maxCompletionTokens: .* got Infinity/],
    [{ temperature: -0.1 }, /temperature: expected 0 or at least 0\.000001, got -0\.1/],
    [{ temperature: 1e-39 }, /temperature: expected 0 or at least 0\.000001, got 1e-39/],
    [{ temperature: Number.NaN }, /temperature: .* got NaN/],
    [{ topP: 0 }, /topP: expected a number in \(0, 1\], got 0/],
    [{ topP: 1.01 }, /topP: .* got 1\.01/],
    [{ topK: -1 }, /topK: expected 0 or a positive integer, got -1/],
    [{ topK: 2.5 }, /topK: .* got 2\.5/],
    [{ prompts: [12345] }, /prompt 12345 is not registered/],
  ])("of sampling: %j", async (change, message) => {
    await expect(model.sample({ ...request, ...change })).rejects.toThrow(EngineError);
    await expect(model.sample({ ...request, ...change })).rejects.toThrow(message);
  });

  test.each([0, -1, 1e-39, Number.NaN, Number.POSITIVE_INFINITY])(
    "of scoring: temperature %d",
    async (temperature) => {
      const sequences = [{ prompt: known, completion: Int32Array.of(1) }];
      await expect(model.score(sequences, { temperature })).rejects.toThrow(
        "temperature: expected a positive number",
      );
      await expect(model.accumulate(sequences, [Float64Array.of(1)], { temperature })).rejects.toThrow(
        EngineError,
      );
    },
  );

  test.each([{ threads: 0 }, { maxTokens: 0 }, { maxTokens: Number.NaN }])("of opening: %j", (options) => {
    expect(() => new LocalModel({ model: DIRECTORY, ...options })).toThrow(EngineError);
    expect(() => new LocalModel({ model: DIRECTORY, ...options })).toThrow(/expected a positive integer/);
  });
});

describe("empty input", () => {
  test("no sequences have no scores and no gradient", async () => {
    expect(await model.score([])).toEqual([]);
    expect(await model.accumulate([], [])).toEqual({ tokens: 0, finite: true });
  });

  test("an empty completion has an empty score, with empty signals where they are asked for", async () => {
    const sequences = [
      { prompt: known, completion: new Int32Array() },
      { prompt: known, completion: Int32Array.of(4) },
    ];
    const [empty, one] = await model.score(sequences, { signals: { attention: { row: "own" } } });
    expect(empty!.logprobs).toHaveLength(0);
    expect(empty!.signals!.attention!.visualShift).toHaveLength(0);
    expect(one!.logprobs).toHaveLength(1);
    expect((await model.score(sequences))[0]).toEqual({ logprobs: new Float64Array() });
  });
});

describe("a model that starts from random weights", () => {
  const config = parseConfig(readJson(`${DIRECTORY}/config.json`));
  const begin = (seed: number) => new LocalModel({ model: { config, assets: DIRECTORY, seed }, threads: 1 });
  const recorded = recordedCase("tied-gqa", "one-image");
  const score = async (fresh: LocalModel) => (await fresh.score(registerCase(fresh, recorded)))[0]!.logprobs;

  const sum = (values: Float64Array) => values.reduce((total, value) => total + value, 0);

  test("is its seed's, and prefers no token by far", async () => {
    const [one, same, other] = [begin(1), begin(1), begin(2)];
    const logprobs = await score(one);
    expect(await score(same)).toEqual(logprobs);
    expect(await score(other)).not.toEqual(logprobs);
    expect(Math.abs(sum(logprobs) / logprobs.length + Math.log(96))).toBeLessThan(1.5);
    await Promise.all([one, same, other].map((fresh) => fresh.close()));
  });

  test("has a gradient in every parameter, and learns", async () => {
    const fresh = begin(3);
    const sequences = registerCase(fresh, recorded);
    const coefficients = coefficientsOf(recorded).map((each) => each.fill(1));
    const before = await score(fresh);
    for (let update = 0; update < 10; update++) {
      await fresh.accumulate(sequences, coefficients);
      for (const [name, { data }] of fresh.gradients()) {
        expect(
          data.some((value) => value !== 0),
          name,
        ).toBe(true);
      }
      fresh.step({
        learningRate: 0.01,
        beta1: 0.9,
        beta2: 0.99,
        epsilon: 1e-8,
        weightDecay: 0,
        maxGradientNorm: 1,
      });
    }
    expect(sum(await score(fresh))).toBeGreaterThan(sum(before) / 2);
    await fresh.close();
  });
});

test("a model of seven billion parameters is refused by its numbers, before its arrays are made", () => {
  const small = readConfig(DIRECTORY);
  const sizes = {
    layers: 28,
    heads: 28,
    kvHeads: 4,
    headDim: 128,
    intermediateSize: 18_944,
    vocabSize: 152_064,
  };
  const config = { ...small, text: { ...small.text, ...sizes, hiddenSize: 3584 } };
  const open = () => new LocalModel({ model: { config, assets: DIRECTORY, seed: 0 }, memory: "1 TiB" });
  expect(open).toThrow(EngineError);
  expect(open).toThrow(/^weights: expected at most 4294967296 numbers.*, got 7\d{9}; score/);
});
