/**
 * @module
 * The prompt side of SmolVLM2 (arXiv:2504.05299) and of Idefics3 (arXiv:2408.12637), as which the first SmolVLM was
 * published.
 */
import type { Architecture, PromptSide } from "../../architecture.ts";
import { CHAT_TEMPLATE } from "./chat-template.ts";
import { IDEFICS_MODEL_TYPE, MODEL_TYPE, type SmolConfig } from "./config.ts";
import { configJson, parseConfig } from "./config-json.ts";
import { checkImageTokens, IMAGE_TOKENS, VIDEO_PLACEHOLDER } from "./special-tokens.ts";
import { videoWords } from "./video-words.ts";
import { openVision } from "./vision.ts";

const images: PromptSide = {
  chatTemplate: CHAT_TEMPLATE,
  placeholders: { image: IMAGE_TOKENS.image },
  parseConfig,
  configJson: (config: SmolConfig, options) => configJson(config, options),
  checkTokenizer: (tokenizer, config: SmolConfig) => checkImageTokens(tokenizer, config),
  openVision: (config: SmolConfig, files) => openVision(config, files),
};

export const smolVlm: Architecture = {
  modelType: MODEL_TYPE,
  capabilities: { imageKeys: true, video: true },
  promptSide: {
    ...images,
    placeholders: { ...images.placeholders, video: VIDEO_PLACEHOLDER },
    videoWords,
  },
};

/** Its processor takes images alone. */
export const idefics3: Architecture = {
  modelType: IDEFICS_MODEL_TYPE,
  capabilities: { imageKeys: true, video: false },
  promptSide: images,
};
