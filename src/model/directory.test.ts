import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ModelError, RunError } from "../errors/index.ts";
import {
  defaultImageProcessor,
  type FixtureConfig,
  imageProcessorJson,
  VISION_TOKENS,
} from "../testing/fixture-architecture.ts";
import { graphsOf } from "./architectures/graphs.ts";
import {
  loadTokenizer,
  type ModelFiles,
  openModelDirectory,
  readConfig,
  writeModelDirectory,
} from "./directory.ts";
import type { WeightTensor } from "./write-safetensors.ts";

const digits = new URL("../../assets/small", import.meta.url).pathname;
const tokenizer = loadTokenizer(digits);
const config: FixtureConfig = {
  modelType: readConfig(digits).modelType as FixtureConfig["modelType"],
  text: {
    vocabSize: tokenizer.vocabSize + 1,
    hiddenSize: 16,
    layers: 1,
    heads: 2,
    kvHeads: 1,
    headDim: 8,
    intermediateSize: 12,
    rmsNormEpsilon: 1e-6,
    ropeTheta: 10000,
    mropeSection: [2, 1, 1],
    tieWordEmbeddings: true,
  },
  vision: {
    depth: 1,
    hiddenSize: 8,
    heads: 2,
    intermediateSize: 12,
    outHiddenSize: 16,
    inChannels: 3,
    patchSize: 4,
    temporalPatchSize: 2,
    spatialMergeSize: 2,
    windowSize: 16,
    tokensPerSecond: 2,
    fullAttentionBlocks: [0],
  },
  imageTokenId: tokenizer.requireTokenId(VISION_TOKENS.image),
  videoTokenId: tokenizer.requireTokenId(VISION_TOKENS.video),
  visionStartTokenId: tokenizer.requireTokenId(VISION_TOKENS.start),
  visionEndTokenId: tokenizer.requireTokenId(VISION_TOKENS.end),
};
const weights = new Map<string, WeightTensor>();
for (const [name, shape] of graphsOf(config).names.shapes) {
  const size = shape.reduce((product, length) => product * length, 1);
  weights.set(name, {
    shape,
    data: Float32Array.from({ length: size }, (_, i) => Math.sin(i + weights.size)),
  });
}
const [stop, pad] = [tokenizer.requireTokenId("<|im_end|>"), tokenizer.requireTokenId("<|endoftext|>")];
const settings = { ...defaultImageProcessor(config), minPixels: 64, maxPixels: 4096 };
const preprocessorJson = JSON.parse(JSON.stringify(imageProcessorJson(settings)));
const files: ModelFiles = {
  config,
  vision: { preprocessorJson },
  stopTokens: [stop, pad],
  padToken: pad,
  maxPositionEmbeddings: 700,
  tokenizerFrom: digits,
  weights,
};

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "fovea-directory-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const put = (name: string, text: string) => writeFileSync(join(folder, name), text);
function change(name: string, fields: object): void {
  const json = JSON.parse(readFileSync(join(folder, name), "utf8")) as object;
  put(name, JSON.stringify({ ...json, ...fields }));
}

describe("a model directory", () => {
  test("opens as it was written", () => {
    const path = join(folder, "deep", "model");
    writeModelDirectory(path, files);
    const opened = openModelDirectory(path);
    expect(opened).toMatchObject({
      path,
      config,
      vision: files.vision,
      stopTokens: [stop, pad],
      padToken: pad,
      maxPositionEmbeddings: 700,
    });
    expect(opened.tokenizer.encode("What is the sum")).toEqual(tokenizer.encode("What is the sum"));
    expect(opened.template.source).toBe(readFileSync(join(digits, "chat_template.jinja"), "utf8"));
    for (const [name, { data }] of weights) expect(opened.weights.read(name)).toEqual(data);
  });

  test("has nothing of another model's that says how it is asked", () => {
    for (const name of ["processor_config.json", "chat_template.json", "added_tokens.json", "notes.json"])
      put(name, '{"image_processor": {"patch_size": 99}}');
    writeModelDirectory(folder, files);
    expect(openModelDirectory(folder).vision).toMatchObject({ preprocessorJson });
    const left = readdirSync(folder);
    expect(left).toContain("notes.json");
    for (const name of ["processor_config.json", "chat_template.json", "added_tokens.json"])
      expect(left).not.toContain(name);
  });

  test("is written over itself, in other precision, with the same files", () => {
    writeModelDirectory(folder, files);
    const before = readdirSync(folder);
    writeModelDirectory(folder, { ...files, tokenizerFrom: folder, dtype: "BF16" });
    expect(readdirSync(folder)).toEqual(before);
    const opened = openModelDirectory(folder);
    expect(opened.weights.dtype("model.norm.weight")).toBe("BF16");
    const data = weights.get("model.norm.weight")?.data ?? [];
    expect(opened.weights.read("model.norm.weight")).toBeAllclose(data, { rtol: 2 ** -8 });
  });

  test("without generation_config.json takes the stop tokens of config.json, the model's before its text's", () => {
    writeModelDirectory(folder, files);
    rmSync(join(folder, "generation_config.json"));
    const path = join(folder, "config.json");
    const sizes = JSON.parse(readFileSync(path, "utf8")) as object;
    change("config.json", { eos_token_id: null, text_config: { ...sizes, eos_token_id: [2, 3] } });
    expect(openModelDirectory(folder).stopTokens).toEqual([2, 3]);
    change("config.json", { eos_token_id: 1 });
    expect(openModelDirectory(folder).stopTokens).toEqual([1]);
  });

  test.each([[[-1]], [[stop, 0.5]], [-1]])("refuses the stop tokens %j, which no model samples", (ids) => {
    writeModelDirectory(folder, files);
    change("generation_config.json", { eos_token_id: ids });
    expect(() => openModelDirectory(folder)).toThrow(
      /generation_config\.json: eos_token_id: expected (an integer|integers) >= 0/,
    );
  });

  test("takes its stop token from the tokenizer when nothing else names one, and pads with it at need", () => {
    writeModelDirectory(folder, files);
    rmSync(join(folder, "generation_config.json"));
    change("config.json", { eos_token_id: null });
    change("tokenizer_config.json", { pad_token: null });
    const opened = openModelDirectory(folder);
    expect(opened.stopTokens).toEqual([stop]);
    expect(opened.padToken).toBe(stop);
  });

  test("without any stop token says so", () => {
    writeModelDirectory(folder, files);
    rmSync(join(folder, "generation_config.json"));
    change("tokenizer_config.json", { eos_token: null });
    change("config.json", { eos_token_id: null });
    expect(() => openModelDirectory(folder)).toThrow("no stop token");
  });

  test.each<[why: string, spoil: () => void, message: RegExp]>([
    ["config.json is missing", () => rmSync(join(folder, "config.json")), /config\.json: cannot be read/],
    ["config.json is cut", () => put("config.json", '{"model_type":'), /config\.json: not valid JSON/],
    [
      "it is of another architecture",
      () => change("config.json", { model_type: "llava" }),
      /model_type: expected/,
    ],
    [
      "the weights are missing",
      () => rmSync(join(folder, "model.safetensors")),
      /model\.safetensors: expected this file, .* got neither/,
    ],
    ["the weights are cut", () => cutWeights(), /model\.safetensors.*truncated/],
    ["a tensor is misshaped", () => enlarge(), /wrong shape: .*gate_proj/],
    [
      "the tokenizer is missing",
      () => rmSync(join(folder, "tokenizer.json")),
      /tokenizer\.json: cannot be read/,
    ],
    ["a vision token is missing", () => renameToken(), /no token <\|vision_start\|>/],
    [
      "the patches differ",
      () => change("preprocessor_config.json", { patch_size: 14 }),
      /patch_size: expected 4/,
    ],
    ["the chat template is broken", () => put("chat_template.jinja", "{% if"), /not a Jinja template/],
  ])("is refused when %s", (_, spoil, message) => {
    writeModelDirectory(folder, files);
    spoil();
    expect(() => openModelDirectory(folder)).toThrow(ModelError);
    expect(() => openModelDirectory(folder)).toThrow(message);
  });

  function cutWeights(): void {
    const path = join(folder, "model.safetensors");
    writeFileSync(path, readFileSync(path).subarray(0, -4));
  }

  function enlarge(): void {
    change("config.json", { intermediate_size: 13 });
  }

  function renameToken(): void {
    const text = readFileSync(join(folder, "tokenizer.json"), "utf8");
    put("tokenizer.json", text.replaceAll("<|vision_start|>", "<|vision_begin|>"));
  }

  test("is not written with weights of another model, or without a tokenizer to copy", () => {
    const other = new Map([...weights].slice(1));
    const path = join(folder, "model");
    expect(() => writeModelDirectory(path, { ...files, weights: other })).toThrow(ModelError);
    expect(() => writeModelDirectory(path, { ...files, tokenizerFrom: folder })).toThrow(ModelError);
    expect(readdirSync(folder)).toEqual([]);
  });

  test("cannot be where a file is", () => {
    copyFileSync(join(digits, "tokenizer.json"), join(folder, "file"));
    expect(() => writeModelDirectory(join(folder, "file", "model"), files)).toThrow(RunError);
    expect(() => openModelDirectory(join(folder, "none"))).toThrow("no such model directory");
  });
});
