/**
 * @module
 * Qwen2-VL's prompt side (arXiv:2409.12191).
 */
import type { Architecture, PromptSide } from "../../architecture.ts";
import type { SmallFiles } from "../../small-files.ts";
import type { Vision } from "../../vision.ts";
import { CHAT_TEMPLATE } from "../qwen/chat-template.ts";
import { loadImageProcessor } from "../qwen/image-processor.ts";
import { checkVisionTokens, VISION_TOKENS } from "../qwen/special-tokens.ts";
import { loadVideoProcessor } from "../qwen/video-processor.ts";
import { qwenVision } from "../qwen/vision.ts";
import { MODEL_TYPE, type Qwen2Config } from "./config.ts";
import { configJson, parseConfig } from "./config-json.ts";

/** The time of a video counts temporal patches, however far apart they were filmed (section 2.1). */
function openVision(config: Qwen2Config, files: SmallFiles): Vision {
  return qwenVision(config, {
    image: loadImageProcessor(files, config),
    video: loadVideoProcessor(files, config),
    processorClass: "Qwen2VLProcessor",
    videoPieces: (grid) => [{ kind: "video", grid, interval: 1 }],
  });
}

const promptSide: PromptSide = {
  chatTemplate: CHAT_TEMPLATE,
  placeholders: { image: VISION_TOKENS.image, video: VISION_TOKENS.video },
  parseConfig,
  configJson: (config: Qwen2Config, options) => configJson(config, options),
  checkTokenizer: (tokenizer, config: Qwen2Config) => checkVisionTokens(tokenizer, config),
  openVision,
};

export const qwen2Vl: Architecture = {
  modelType: MODEL_TYPE,
  capabilities: { imageKeys: true, video: true },
  promptSide,
};
