/**
 * @module
 * Random models of the sizes between the demo's and published ones, and the work that both sides of a comparison do with them.
 */
import { mkdirSync } from "node:fs";
import { writeSmolCheckpoint } from "./smolvlm-checkpoint.mjs";
import { CONFIG, writeCheckpoint } from "./true-size-checkpoint.mjs";

/** @import { Workload } from "./workload.mjs" */

/**
 * @typedef {object} BenchModel
 * @property {string} said what it is and what it is given, in words
 * @property {number} prompts each with one image
 * @property {number} groupSize
 * @property {number} tokens of a completion
 * @property {number} side of an image, in pixels
 * @property {number} text ids of text are below it
 * @property {readonly [before: number[], after: number[]]} around ids beside an image
 * @property {(directory: string) => void} write makes the checkpoint, in float32
 */

/** Of Qwen2.5-VL's architecture. @param {typeof CONFIG} config @param {number} text @returns {Pick<BenchModel, "text" | "around" | "write">} */
const qwen = (config, text) => ({
  text,
  around: [[config.visionStartTokenId], [config.visionEndTokenId]],
  write: (directory) => {
    mkdirSync(directory, { recursive: true });
    writeCheckpoint(directory, { config, dtype: "F32" });
  },
});

/** The published vocabulary's text. */
const TEXT = 150_000;

/** Configurations of Qwen2.5-VL's architecture, too small to be published ones. */
export const CONFIGS = {
  /** @type {typeof CONFIG} */
  "10m": {
    ...CONFIG,
    text: {
      ...CONFIG.text,
      hiddenSize: 64,
      layers: 4,
      heads: 4,
      kvHeads: 2,
      headDim: 16,
      intermediateSize: 192,
      mropeSection: [2, 3, 3],
    },
    vision: {
      ...CONFIG.vision,
      depth: 2,
      hiddenSize: 64,
      heads: 4,
      intermediateSize: 128,
      outHiddenSize: 64,
      fullAttentionBlocks: [1],
    },
  },
  /** @type {typeof CONFIG} */
  "25m": {
    ...CONFIG,
    text: {
      ...CONFIG.text,
      vocabSize: 16_384,
      hiddenSize: 384,
      layers: 8,
      heads: 6,
      kvHeads: 2,
      headDim: 64,
      intermediateSize: 1536,
      mropeSection: [8, 12, 12],
    },
    vision: {
      ...CONFIG.vision,
      depth: 2,
      hiddenSize: 384,
      heads: 6,
      intermediateSize: 1536,
      outHiddenSize: 384,
      fullAttentionBlocks: [1],
    },
    imageTokenId: 16_303,
    videoTokenId: 16_304,
    visionStartTokenId: 16_300,
    visionEndTokenId: 16_301,
  },
  /** @type {typeof CONFIG} */
  "216m": {
    ...CONFIG,
    text: {
      ...CONFIG.text,
      hiddenSize: 576,
      layers: 30,
      heads: 9,
      kvHeads: 3,
      headDim: 64,
      intermediateSize: 1536,
      mropeSection: [8, 12, 12],
    },
    vision: {
      ...CONFIG.vision,
      depth: 8,
      hiddenSize: 384,
      heads: 6,
      intermediateSize: 1536,
      outHiddenSize: 576,
      fullAttentionBlocks: [3, 7],
    },
  },
};

/** @type {Readonly<Record<string, BenchModel>>} */
export const MODELS = {
  "10m": {
    ...qwen(CONFIGS["10m"], TEXT),
    said: "10 million parameters, 4 layers of width 64, vocabulary 151,936, tied; 16 prompts with an image of 16 tokens, 8 completions of 32 tokens each",
    prompts: 16,
    groupSize: 8,
    tokens: 32,
    side: 112,
  },
  "25m": {
    ...qwen(CONFIGS["25m"], 16_000),
    said: "27 million parameters, 8 layers of width 384, vocabulary 16,384, tied; 4 prompts with an image of 64 tokens, 8 completions of 64 tokens each",
    prompts: 4,
    groupSize: 8,
    tokens: 64,
    side: 224,
  },
  "216m": {
    ...qwen(CONFIGS["216m"], TEXT),
    said: "216 million parameters, 30 layers of width 576, vocabulary 151,936, tied; 2 prompts with an image of 256 tokens, 4 completions of 128 tokens each",
    prompts: 2,
    groupSize: 4,
    tokens: 128,
    side: 448,
  },
  "smolvlm2-256m": {
    text: 49_000,
    around: [[], []],
    write: (directory) => writeSmolCheckpoint(directory, { longestEdge: 512, dtype: "F32" }),
    said: "SmolVLM2-256M's published shape, untied; 2 prompts with an image of one tile, 64 tokens, 8 completions of 128 tokens each",
    prompts: 2,
    groupSize: 8,
    tokens: 128,
    side: 512,
  },
};

/**
 * Prompts and completions; which tokens they are does not matter to what a step takes.
 *
 * @param {BenchModel} model
 * @param {number} repetitions
 * @returns {Workload}
 */
export function madeWorkload(
  { prompts, groupSize, tokens, side, text, around: [before, after] },
  repetitions,
) {
  let id = 7;
  const words = (/** @type {number} */ length) =>
    Array.from({ length }, () => {
      id = (id * 48_271) % 2_147_483_647;
      return 3 + (id % (text - 3));
    });
  const indices = [...Array(prompts).keys()];
  return {
    prompts: indices.map((p) => ({
      chunks: [
        { kind: "text", tokens: [...words(4), ...before] },
        { kind: "image", width: side, height: side, formula: { a: 3 + p, b: 5 + p, d: 40, e: 97 } },
        { kind: "text", tokens: [...after, ...words(10)] },
      ],
    })),
    groupSize,
    completions: indices.map(() => Array.from({ length: groupSize }, () => words(tokens))),
    maxNewTokens: tokens,
    repetitions,
  };
}
