/**
 * @module
 * A checkpoint of Qwen2.5-VL's architecture with random weights and the published tokenizer, so that every command that
 * takes a model directory takes it, and transformers too. Unless another shape is given it is that of Qwen2.5-VL-3B: bfloat16,
 * two shards, 7.5 GB.
 */
import { copyFileSync, readFileSync, statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliDecompressSync } from "node:zlib";
import { SMALL_ASSETS } from "fovea/engine";
import { architectureOf, graphsOf, openSightOf, writeWeights } from "fovea/model";
import { randomTensor } from "./random-tensor.mjs";

/** Sizes of Qwen2.5-VL-3B-Instruct's config.json. */
export const CONFIG = {
  modelType: "qwen2_5_vl",
  text: {
    vocabSize: 151_936,
    hiddenSize: 2048,
    layers: 36,
    heads: 16,
    kvHeads: 2,
    headDim: 128,
    intermediateSize: 11_008,
    rmsNormEpsilon: 1e-6,
    ropeTheta: 1e6,
    mropeSection: [16, 24, 24],
    tieWordEmbeddings: true,
  },
  vision: {
    depth: 32,
    hiddenSize: 1280,
    heads: 16,
    intermediateSize: 3420,
    outHiddenSize: 2048,
    inChannels: 3,
    patchSize: 14,
    temporalPatchSize: 2,
    spatialMergeSize: 2,
    windowSize: 112,
    tokensPerSecond: 2,
    fullAttentionBlocks: [7, 15, 23, 31],
  },
  imageTokenId: 151_655,
  videoTokenId: 151_656,
  visionStartTokenId: 151_652,
  visionEndTokenId: 151_653,
};

/** Of published checkpoints, about. @param {readonly number[]} _shape */
const smallDeviation = (_shape) => 0.02;

/** tokenizer.json from what `fixtures/tokenizer` keeps of it: token 256 + i is what merge i puts together. */
function tokenizerJson() {
  const read = (/** @type {string} */ name) =>
    readFileSync(new URL(`../fixtures/tokenizer/${name}`, import.meta.url));
  const rest = JSON.parse(read("rest.json").toString());
  const merges = brotliDecompressSync(read("merges.txt.br")).toString().split("\n");
  const tokens = [...rest.model.vocab, ...merges.map((merge) => merge.replace(" ", ""))];
  const vocab = Object.fromEntries(tokens.map((token, id) => [token, id]));
  return JSON.stringify({ ...rest, model: { ...rest.model, vocab, merges } });
}

const TOKENIZER = { tokenizer_class: "Qwen2Tokenizer", eos_token: "<|im_end|>", pad_token: "<|endoftext|>" };

/**
 * Writes it into an empty directory.
 *
 * @param {string} directory
 * @param {{ config?: typeof CONFIG, dtype?: "BF16" | "F32", deviation?: (shape: readonly number[]) => number }} [shape]
 *   with the standard deviation of a matrix by its shape
 */
export function writeCheckpoint(
  directory,
  { config = CONFIG, dtype = "BF16", deviation = smallDeviation } = {},
) {
  const { names } = graphsOf(config);
  const numbers = [...names.shapes.values()].reduce(
    (sum, shape) => sum + shape.reduce((n, size) => n * size, 1),
    0,
  );
  const { bavail, bsize } = statfsSync(directory);
  const needed = 1.5 * numbers * (dtype === "BF16" ? 2 : 4);
  if (bavail * bsize < needed)
    throw new Error(`${directory}: expected ${needed} bytes free, got ${bavail * bsize}`);
  const write = (/** @type {string} */ name, /** @type {unknown} */ content) =>
    writeFileSync(join(directory, name), JSON.stringify(content));
  write("config.json", architectureOf(config).promptSide.configJson(config, { dtype }));
  write("preprocessor_config.json", openSightOf(directory, config).vision.preprocessorJson);
  write("tokenizer_config.json", TOKENIZER);
  writeFileSync(join(directory, "tokenizer.json"), tokenizerJson());
  copyFileSync(join(SMALL_ASSETS, "chat_template.jinja"), join(directory, "chat_template.jinja"));
  const tensors = [...names.shapes].map(
    ([name, shape]) =>
      /** @type {const} */ ([name, randomTensor(name, shape, names.isNorm(name), deviation(shape))]),
  );
  writeWeights(directory, new Map(tensors), { dtype });
}
