/**
 * @module
 * Qwen2.5-VL's prompt side (arXiv:2502.13923).
 */
import type { Architecture, PromptSide } from "../../architecture.ts";
import type { SmallFiles } from "../../small-files.ts";
import type { Vision } from "../../vision.ts";
import { CHAT_TEMPLATE } from "../qwen/chat-template.ts";
import { loadImageProcessor } from "../qwen/image-processor.ts";
import { checkVisionTokens, VISION_TOKENS } from "../qwen/special-tokens.ts";
import { loadVideoProcessor } from "../qwen/video-processor.ts";
import { qwenVision } from "../qwen/vision.ts";
import { MODEL_TYPE, type Qwen25Config } from "./config.ts";
import { configJson, parseConfig } from "./config-json.ts";

/** The name of the processor in transformers. */
export const PROCESSOR_CLASS = "Qwen2_5_VLProcessor";

/** Frames of a video are as far apart in time as they were filmed (section 2.1.2). */
function openVision(config: Qwen25Config, files: SmallFiles): Vision {
  const { tokensPerSecond } = config.vision;
  return qwenVision(config, {
    image: loadImageProcessor(files, config),
    video: loadVideoProcessor(files, config),
    processorClass: PROCESSOR_CLASS,
    videoPieces: (grid, seconds) => {
      return [{ kind: "video", grid, interval: tokensPerSecond * Math.fround(seconds) }];
    },
  });
}

const promptSide: PromptSide = {
  chatTemplate: CHAT_TEMPLATE,
  placeholders: { image: VISION_TOKENS.image, video: VISION_TOKENS.video },
  parseConfig,
  configJson: (config: Qwen25Config, options) => configJson(config, options),
  checkTokenizer: (tokenizer, config: Qwen25Config) => checkVisionTokens(tokenizer, config),
  openVision,
};

export const qwen25Vl: Architecture = {
  modelType: MODEL_TYPE,
  capabilities: { imageKeys: true, video: true },
  promptSide,
};
