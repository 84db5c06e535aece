/**
 * @module
 * The prompt side of Llama 3.2-Vision (arXiv:2407.21783, section 7). Its decoder reads images by cross-attention, so no
 * attention row of a token holds image keys.
 */
import { ModelError } from "../../../errors/index.ts";
import type { Architecture } from "../../architecture.ts";
import type { Tokenizer } from "../../tokenizer.ts";
import { CHAT_TEMPLATE } from "./chat-template.ts";
import { type MllamaConfig, MODEL_TYPE } from "./config.ts";
import { configJson, parseConfig } from "./config-json.ts";
import { openVision } from "./vision.ts";

const IMAGE_TOKEN = "<|image|>";

function checkImageToken(tokenizer: Tokenizer, { imageTokenId }: MllamaConfig): void {
  const got = tokenizer.requireTokenId(IMAGE_TOKEN);
  if (got !== imageTokenId)
    throw new ModelError(
      `tokenizer.json: ${IMAGE_TOKEN} is ${got}, but config.json: image_token_index is ${imageTokenId}`,
    );
}

export const mllama: Architecture = {
  modelType: MODEL_TYPE,
  capabilities: { imageKeys: false, video: false },
  promptSide: {
    chatTemplate: CHAT_TEMPLATE,
    placeholders: { image: IMAGE_TOKEN },
    parseConfig,
    configJson: (config: MllamaConfig, options) => configJson(config, options),
    checkTokenizer: (tokenizer, config: MllamaConfig) => checkImageToken(tokenizer, config),
    openVision: (config: MllamaConfig, files) => openVision(config, files),
  },
};
