/**
 * @module
 * Qwen2.5-VL's prompt side (arXiv:2502.13923).
 */
import type { Architecture, PromptSide } from "../../architecture.ts";
import { CHAT_TEMPLATE } from "./chat-template.ts";
import { MODEL_TYPE, type QwenConfig } from "./config.ts";
import { configJson, parseConfig } from "./config-json.ts";
import { checkVisionTokens, VISION_TOKENS } from "./special-tokens.ts";
import { openVision } from "./vision.ts";

const promptSide: PromptSide = {
  chatTemplate: CHAT_TEMPLATE,
  placeholders: { image: VISION_TOKENS.image, video: VISION_TOKENS.video },
  parseConfig,
  configJson: (config: QwenConfig, options) => configJson(config, options),
  checkTokenizer: (tokenizer, config: QwenConfig) => checkVisionTokens(tokenizer, config),
  openVision: (config: QwenConfig, files) => openVision(config, files),
};

export const qwen25Vl: Architecture = {
  modelType: MODEL_TYPE,
  capabilities: { imageKeys: true, video: true },
  promptSide,
};
