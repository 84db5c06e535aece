/**
 * @module
 * The built-in small model: Qwen2.5-VL's architecture in small numbers, with the tokenizer cut down to the digits
 * task.
 */
import { fileURLToPath } from "node:url";
import type { FreshModel } from "../engine/index.ts";
import { type ModelConfig, Tokenizer, VISION_TOKENS } from "../model/index.ts";

/** Directory with the built-in tokenizer and chat template. */
export const DIGITS_ASSETS: string = fileURLToPath(new URL("../../assets/digits", import.meta.url));

/** About a million parameters: two vision blocks of width 96, four decoder layers of width 128. */
export function digitsModelConfig(): ModelConfig {
  const tokenizer = Tokenizer.load(DIGITS_ASSETS);
  return {
    text: {
      vocabSize: tokenizer.vocabSize,
      hiddenSize: 128,
      layers: 4,
      heads: 4,
      kvHeads: 2,
      headDim: 32,
      intermediateSize: 384,
      rmsNormEpsilon: 1e-6,
      ropeTheta: 10_000,
      mropeSection: [4, 6, 6],
      tieWordEmbeddings: true,
    },
    vision: {
      depth: 2,
      hiddenSize: 96,
      heads: 4,
      intermediateSize: 256,
      outHiddenSize: 128,
      inChannels: 3,
      patchSize: 14,
      temporalPatchSize: 2,
      spatialMergeSize: 2,
      windowSize: 56,
      fullAttentionBlocks: [1],
    },
    imageTokenId: tokenizer.requireTokenId(VISION_TOKENS.image),
    videoTokenId: tokenizer.requireTokenId(VISION_TOKENS.video),
    visionStartTokenId: tokenizer.requireTokenId(VISION_TOKENS.start),
    visionEndTokenId: tokenizer.requireTokenId(VISION_TOKENS.end),
  };
}

/** The built-in model before any training. */
export function freshDigitsModel(seed: number): FreshModel {
  return { config: digitsModelConfig(), assets: DIGITS_ASSETS, seed };
}
