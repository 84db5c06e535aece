import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as ort from "onnxruntime-node";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { LocalModel } from "../../engine/local/local-model.ts";
import { preparePrompt } from "../../engine/local/prompts/prepared-prompt.ts";
import { parseFixtureConfig } from "../../testing/fixture-architecture.ts";
import {
  CASES,
  CHECKPOINTS,
  checkpointDirectory,
  type RecordedSequence,
  recordedCase,
  recordedImage,
  recordedPrompt,
  register,
  weightsOf,
} from "../../testing/model-fixtures.ts";
import { logSoftmax, nextCache, OnnxModel, type OnnxPrompt } from "../../testing/onnx-session.ts";
import { recordedGenerations, recordedVisionPrompt } from "../../testing/vision-fixtures.ts";
import { openSightOf, readConfig } from "../directory.ts";
import { narrowFloat16, widenFloat16 } from "../half-precision.ts";
import type { Prompt } from "../prompt.ts";
import { readJson } from "../read-json.ts";
import { writeOnnxModels } from "./write-onnx.ts";

const { greedy, longVideos } = recordedGenerations();

describe.each(CHECKPOINTS)("%s as ONNX, run by onnxruntime alone", (name) => {
  const source = checkpointDirectory(name);
  const config = readConfig(source);
  const { vision } = openSightOf(source, config);
  const recorded = [...greedy, ...longVideos].filter(({ checkpoint }) => checkpoint === name);
  const banned = vision.specialTokens;
  let folder: string;
  let model: OnnxModel;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "fovea-onnx-"));
    writeOnnxModels(folder, config, weightsOf(source));
    model = await OnnxModel.open(folder);
  });
  afterAll(async () => {
    await model.close();
    rmSync(folder, { recursive: true });
  });

  test("sees images of any grid as the engine does, with windows that are ragged on every side", async () => {
    const engine = new LocalModel({ model: source, threads: 1 });
    const sizes = [
      [28, 28],
      [56, 84],
      [112, 112],
      [140, 56],
      [84, 196],
      [308, 140],
      [252, 280],
    ] as const;
    const prompts = sizes.map(([width, height]): Prompt => {
      const image = recordedImage({ kind: "image", width, height, formula: { a: 7, b: 3, d: 50, e: 91 } });
      return {
        chunks: [
          { kind: "text", tokens: [1, 2] },
          { kind: "image", image },
          { kind: "text", tokens: [3] },
        ],
      };
    });
    const groups = await engine.sample({
      prompts: prompts.map((prompt) => register(engine, prompt)),
      groupSize: 1,
      maxCompletionTokens: 4,
      temperature: 0,
      topP: 1,
      topK: 0,
      stopTokens: [],
      seed: 1,
    });
    const grids = new Set<string>();
    for (const [i, prompt] of prompts.entries()) {
      const prepared = preparePrompt(prompt, vision);
      grids.add(String(prepared.images[0]!.grid));
      const { tokens, logprobs } = await model.generate(prepared, 4, { banned });
      expect(tokens, String(sizes[i])).toEqual([...groups[i]![0]!.tokens]);
      expect(logprobs).toBeAllclose(groups[i]![0]!.logprobs, { rtol: 0, atol: 1e-4 });
    }
    await engine.close();
    expect(grids.size).toBe(sizes.length);
  });

  test("continues prompts with images and videos as transformers does, token by token, for 64 tokens", async () => {
    for (const [i, generation] of recorded.entries()) {
      const prompt = preparePrompt(recordedVisionPrompt(generation), vision);
      const { tokens, logprobs } = await model.generate(prompt, 64, { banned });
      expect(tokens, `${generation.name} ${i}`).toEqual(generation.completion);
      expect(logprobs).toBeAllclose(generation.logprobs, { rtol: 0, atol: 1e-4 });
    }
  });

  const cases = CASES.flatMap((caseName) =>
    recordedCase(name, caseName).sequences.map((sequence, i) => [`${caseName} ${i}`, sequence] as const),
  );

  test.each(cases)(
    "gives all of %s in one run: log-probs and the attention of the last layer",
    async (_, sequence) => {
      const { results, first } = await readWhole(model, sequence);
      const rows = rowsOf(results["logits"]!);
      const found = sequence.completion.map((token, t) => logSoftmax(rows[first - 1 + t]!)[token]!);
      expect(found).toBeAllclose(sequence.logprobs, { rtol: 0, atol: 1e-4 });
      expect(results["attention"]!.dims.slice(0, 2)).toEqual([1, 1]);
      const attention = rowsOf(results["attention"]!);
      for (const [i, expected] of sequence.attention.entries()) {
        const row = [...attention[first - 1 + i]!];
        expect(row.slice(0, expected.length)).toBeAllclose(expected, { rtol: 0, atol: 1e-5 });
        expect(row.slice(expected.length).every((weight) => weight === 0)).toBe(true);
      }
    },
  );

  test("reads a batch of sequences padded on the left", async () => {
    const { sequences } = recordedCase(name, "padded-batch");
    const longest = Math.max(...sequences.map(({ kind }) => kind.length));
    const padded = (values: ArrayLike<number>, fill: number) => [
      ...new Array<number>(longest - values.length).fill(fill),
      ...Array.from(values),
    ];
    const prompts = sequences.map((sequence) => prepare(sequence));
    const features = await seeAll(model, prompts);
    const ids = prompts.flatMap(({ tokens }, i) => padded([...tokens, ...sequences[i]!.completion], 0));
    const results = await model.decode({
      embeddings: await model.embed(ids, sequences.length, features),
      mask: sequences.flatMap(({ kind }) => padded(new Array<number>(kind.length).fill(1), 0)),
      positions: [0, 1, 2].flatMap((axis) =>
        sequences.flatMap(({ positions }) => padded(positions[axis]!, 0)),
      ),
      kept: 0,
    });
    const rows = rowsOf(results["logits"]!);
    for (const [i, { completion, logprobsLeftPadded }] of sequences.entries()) {
      const first = (i + 1) * longest - completion.length;
      const found = completion.map((token, t) => logSoftmax(rows[first - 1 + t]!)[token]!);
      expect(found).toBeAllclose(logprobsLeftPadded, { rtol: 0, atol: 1e-4 });
    }
  });

  test("reads a prompt in pieces as it does in one, and returns the last logits that are asked for", async () => {
    const [, sequence] = cases[0]!;
    const { results: whole, embeddings, first } = await readWhole(model, sequence);
    const [, length, width] = embeddings.dims as [number, number, number];
    const data = embeddings.data as Float32Array;
    let cache = model.emptyCache(1);
    const cuts = [0, 3, first, length];
    for (const [i, end] of cuts.slice(1).entries()) {
      const start = cuts[i]!;
      const kept = end === length ? 2 : 1;
      const results = await model.decode({
        embeddings: new ort.Tensor("float32", data.slice(start * width, end * width), [
          1,
          end - start,
          width,
        ]),
        mask: new Array<number>(end).fill(1),
        positions: sequence.positions.flatMap((axis) => axis.slice(start, end)),
        kept,
        cache,
      });
      cache = nextCache(results);
      const expected = rowsOf(whole["logits"]!).slice(end - kept, end);
      const found = rowsOf(results["logits"]!);
      expect(found).toHaveLength(kept);
      for (const [row, logits] of found.entries())
        expect(logits).toBeAllclose(expected[row]!, { rtol: 0, atol: 1e-4 });
    }
  });

  /** The fixtures' own positions; images as the processor cuts them. */
  const prepare = (sequence: RecordedSequence) => preparePrompt(recordedPrompt(sequence), vision);

  async function readWhole(onnx: OnnxModel, sequence: RecordedSequence) {
    const prompt = prepare(sequence);
    const ids = [...prompt.tokens, ...sequence.completion];
    const embeddings = await onnx.embed(ids, 1, await seeAll(onnx, [prompt]));
    const mask = new Array<number>(ids.length).fill(1);
    const results = await onnx.decode({ embeddings, mask, positions: sequence.positions.flat(), kept: 0 });
    return { results, embeddings, first: prompt.tokens.length };
  }
});

describe("how the weights are stored", () => {
  const NAME = "tied-gqa";
  const source = checkpointDirectory(NAME);
  const config = readConfig(source);
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "fovea-onnx-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  async function logits(directory: string) {
    const model = await OnnxModel.open(directory);
    const embeddings = await model.embed([1, 2, 3], 1, new Float32Array());
    const mask = [1, 1, 1];
    const positions = [0, 1, 2, 0, 1, 2, 0, 1, 2];
    const results = await model.decode({ embeddings, mask, positions, kept: 0 });
    const patches = Float32Array.from({ length: 16 * 1176 }, (_, i) => Math.sin(i));
    const features = await model.see(patches, [1, 4, 4]);
    await model.close();
    return {
      results,
      numbers: [...(results["logits"]!.data as Float32Array), ...(features.data as Float32Array)],
    };
  }

  test("in files of their own where they are too many for one, with the same numbers", async () => {
    const [inside, beside] = [join(folder, "inside"), join(folder, "beside")];
    for (const directory of [inside, beside]) mkdirSync(directory);
    const weights = weightsOf(source);
    const whole = writeOnnxModels(inside, config, weights);
    const split = writeOnnxModels(beside, config, weights, { maxFileBytes: 16384 });
    expect(Object.values(whole).flatMap(({ data }) => data)).toEqual([]);
    expect(split.embedding.data).toEqual([]);
    expect(split.decoder.data.slice(0, 3)).toEqual([
      "decoder.onnx.data",
      "decoder.onnx.data.1",
      "decoder.onnx.data.2",
    ]);
    const size = (name: string) => statSync(join(beside, name)).size;
    expect(split.decoder.data.every((name) => size(name) <= 16384)).toBe(true);
    // the patch embedding alone is larger: it has a file to itself
    expect(split.vision.data.map(size)[0]).toBe(
      4 * parseFixtureConfig(readJson(join(source, "config.json"))).vision.hiddenSize * 1176,
    );
    expect(size("vision.onnx")).toBeLessThan(65536);
    expect(new Set(readdirSync(beside))).toEqual(
      new Set(Object.values(split).flatMap(({ file, data }) => [file, ...data])),
    );
    expect((await logits(beside)).numbers).toEqual((await logits(inside)).numbers);
  });

  test("not in bfloat16, which the files cannot hold", () => {
    const write = () => writeOnnxModels(folder, config, weightsOf(source), { dtype: "BF16" as "F16" });
    expect(write).toThrow("dtype: expected F32 or F16, got BF16");
  });

  test("in half precision, computed in single", async () => {
    const [half, rounded] = [join(folder, "half"), join(folder, "rounded")];
    for (const directory of [half, rounded]) mkdirSync(directory);
    const weights = weightsOf(source);
    writeOnnxModels(half, config, weights, { dtype: "F16" });
    const narrowed = new Map(
      [...weights].map(([name, { shape, data }]) => [
        name,
        { shape, data: widenFloat16(narrowFloat16(data)) },
      ]),
    );
    writeOnnxModels(rounded, config, narrowed);
    expect((await logits(half)).numbers).toBeAllclose((await logits(rounded)).numbers, {
      rtol: 0,
      atol: 1e-5,
    });
    const size = (directory: string) => statSync(join(directory, "embedding.onnx")).size;
    expect(size(half)).toBeLessThan(0.6 * size(rounded));
  });

  test.each([
    [0, undefined],
    [1, [1, 1, 3, 3]],
    [2, [1, 2, 3, 3]],
  ])("attention of %i layers", async (attentionLayers, dims) => {
    writeOnnxModels(folder, config, weightsOf(source), { attentionLayers });
    const { results } = await logits(folder);
    expect(results["attention"]?.dims).toEqual(dims);
  });

  test("of several layers the last comes last, and each of its rows sums to one", async () => {
    const attention = async (attentionLayers: number) => {
      const directory = join(folder, String(attentionLayers));
      mkdirSync(directory);
      writeOnnxModels(directory, config, weightsOf(source), { attentionLayers });
      return rowsOf((await logits(directory)).results["attention"]!);
    };
    const [last, both] = [await attention(1), await attention(2)];
    expect(both.slice(3)).toEqual(last);
    expect(both[2]).not.toEqual(last[2]);
    for (const row of both) expect(row.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 6);
  });

  test("names a weight that is missing", () => {
    const weights = weightsOf(source);
    weights.delete("model.norm.weight");
    expect(() => writeOnnxModels(folder, config, weights)).toThrow("no tensor model.norm.weight");
  });
});

/** Rows of the last axis. */
function rowsOf({ data, dims }: ort.Tensor): Float32Array[] {
  const width = dims.at(-1)!;
  return Array.from({ length: data.length / width }, (_, i) =>
    (data as Float32Array).subarray(i * width, (i + 1) * width),
  );
}

/** Features of all images of all prompts, in order. */
async function seeAll(model: OnnxModel, prompts: readonly OnnxPrompt[]): Promise<Float32Array> {
  const numbers: number[] = [];
  for (const { patches, grid } of prompts.flatMap(({ images }) => images)) {
    numbers.push(...((await model.see(patches, grid)).data as Float32Array));
  }
  return Float32Array.from(numbers);
}
