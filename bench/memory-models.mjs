/**
 * @module
 * Models of Qwen2.5-VL's architecture with its vocabulary, too small to be published ones, and a step's work for them.
 */
import { CONFIG } from "./true-size-checkpoint.mjs";

/** @import { Workload } from "./workload.mjs" */

/**
 * @typedef {{ config: typeof CONFIG, said: string, prompts: number, groupSize: number, tokens: number, side: number }} WideModel
 *   with an image of `side` x `side` pixels in each prompt
 */

/** @type {Record<string, WideModel>} */
export const MODELS = {
  "200m": {
    config: {
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
    said: "216 million parameters, 30 layers of width 576, vocabulary 151,936, tied; 2 prompts with an image of 256 tokens, 4 completions of 128 tokens each",
    prompts: 2,
    groupSize: 4,
    tokens: 128,
    side: 448,
  },
  "10m": {
    config: {
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
    said: "10 million parameters, 4 layers of width 64, vocabulary 151,936, tied; 16 prompts with an image of 16 tokens, 8 completions of 32 tokens each",
    prompts: 16,
    groupSize: 8,
    tokens: 32,
    side: 112,
  },
};

/** Ids that text is made of: below those of the published tokenizer's special tokens. */
const TEXT = 150_000;

/**
 * A step's prompts and completions; which tokens they are does not matter to what the step takes.
 *
 * @param {WideModel} model
 * @param {number} repetitions
 * @returns {Workload}
 */
export function wideWorkload({ config, prompts, groupSize, tokens, side }, repetitions) {
  let id = 7;
  const text = (/** @type {number} */ length) =>
    Array.from({ length }, () => {
      id = (id * 48_271) % 2_147_483_647;
      return id % TEXT;
    });
  const indices = [...Array(prompts).keys()];
  const completions = indices.map(() => Array.from({ length: groupSize }, () => text(tokens)));
  return {
    prompts: indices.map((p) => ({
      chunks: [
        { kind: "text", tokens: [...text(4), config.visionStartTokenId] },
        { kind: "image", width: side, height: side, formula: { a: 3 + p, b: 5 + p, d: 40, e: 97 } },
        { kind: "text", tokens: [config.visionEndTokenId, ...text(10)] },
      ],
    })),
    groupSize,
    completions,
    coefficients: completions.map((group) =>
      group.map((completion, g) =>
        completion.map(() => (g % 2 === 0 ? 1 : -1) / (prompts * groupSize * tokens)),
      ),
    ),
    maxNewTokens: tokens,
    repetitions,
  };
}
