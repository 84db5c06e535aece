/**
 * @module
 * The built-in small model: Qwen2.5-VL's architecture in small numbers, with a tokenizer cut down to the words of a task.
 */
import { fileURLToPath } from "node:url";
import type { FreshModel } from "../../engine/index.ts";
import { type AnswerFormat, createDialogue, type Dialogue } from "../../eval/index.ts";
import {
  loadChatTemplate,
  loadProcessorConfig,
  loadTokenizer,
  loadVideoProcessorConfig,
  type ModelConfig,
  VISION_TOKENS,
} from "../../model/index.ts";

/** Directory with the built-in tokenizer and chat template. */
export const SMALL_ASSETS: string = fileURLToPath(new URL("../../../assets/small", import.meta.url));

/**
 * About a million parameters: two vision blocks of width 96, four decoder layers of width 128. The rotary base is
 * small because the pictures are: rotary sections give columns the lowest frequencies, and at Qwen2.5-VL's base of a
 * million they would hardly tell one column of cells from the next.
 */
export function smallModelConfig(assets: string = SMALL_ASSETS): ModelConfig {
  const tokenizer = loadTokenizer(assets);
  return {
    text: {
      vocabSize: Math.ceil(tokenizer.vocabSize / 8) * 8,
      hiddenSize: 128,
      layers: 4,
      heads: 4,
      kvHeads: 2,
      headDim: 32,
      intermediateSize: 384,
      rmsNormEpsilon: 1e-6,
      ropeTheta: 10,
      mropeSection: [4, 6, 6],
      tieWordEmbeddings: true,
    },
    vision: {
      depth: 2,
      hiddenSize: 96,
      heads: 4,
      intermediateSize: 192,
      outHiddenSize: 128,
      inChannels: 3,
      patchSize: 14,
      temporalPatchSize: 2,
      spatialMergeSize: 2,
      windowSize: 112,
      tokensPerSecond: 2,
      fullAttentionBlocks: [1],
    },
    imageTokenId: tokenizer.requireTokenId(VISION_TOKENS.image),
    videoTokenId: tokenizer.requireTokenId(VISION_TOKENS.video),
    visionStartTokenId: tokenizer.requireTokenId(VISION_TOKENS.start),
    visionEndTokenId: tokenizer.requireTokenId(VISION_TOKENS.end),
  };
}

/**
 * The built-in model before any training.
 *
 * @param assets directory with tokenizer.json and chat_template.jinja; the built-in one unless given
 */
export function freshSmallModel(seed: number, assets: string = SMALL_ASSETS): FreshModel {
  return { config: smallModelConfig(assets), assets, seed };
}

/** The dialogue with the built-in model. */
export function smallModelDialogue(format: AnswerFormat, assets: string = SMALL_ASSETS): Dialogue {
  const tokenizer = loadTokenizer(assets);
  const config = smallModelConfig(assets);
  const { system, suffix, question } = format;
  return createDialogue({
    tokenizer,
    template: loadChatTemplate(assets),
    stopTokens: [tokenizer.requireTokenId(tokenizer.eosToken ?? "<|im_end|>")],
    vision: {
      image: loadProcessorConfig(assets, config),
      video: loadVideoProcessorConfig(assets, config),
    },
    system,
    suffix,
    question,
  });
}
