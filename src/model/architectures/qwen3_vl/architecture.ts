/**
 * @module
 * Qwen3-VL's prompt side (arXiv:2511.21631).
 */
import type { Architecture, PromptSide } from "../../architecture.ts";
import type { SmallFiles } from "../../small-files.ts";
import { type Tokenizer, tokenizerOf } from "../../tokenizer.ts";
import type { Vision } from "../../vision.ts";
import { BARE_CHAT_TEMPLATE } from "../qwen/chat-template.ts";
import { HALVES, loadImageProcessor } from "../qwen/image-processor.ts";
import { checkVisionTokens, VISION_TOKENS } from "../qwen/special-tokens.ts";
import { loadVideoProcessor, WHOLE_VIDEO_DEFAULTS } from "../qwen/video-processor.ts";
import { videoByFrames } from "../qwen/videos.ts";
import { qwenVision } from "../qwen/vision.ts";
import { MODEL_TYPE, type Qwen3Config } from "./config.ts";
import { configJson, parseConfig } from "./config-json.ts";

/** The published models': from 64 to 16,384 tokens of 32 x 32 pixels. */
const IMAGE_DEFAULTS = { ...HALVES, minPixels: 65_536, maxPixels: 16_777_216 };

/** The time of a video's frames stands in the text, whose tokenizer is read when the first video comes. */
function openVision(config: Qwen3Config, files: SmallFiles): Vision {
  let tokenizer: Tokenizer | undefined;
  const opened = () => {
    tokenizer ??= tokenizerOf(files);
    return tokenizer;
  };
  return qwenVision(config, {
    image: loadImageProcessor(files, config, IMAGE_DEFAULTS),
    video: loadVideoProcessor(files, config, WHOLE_VIDEO_DEFAULTS),
    processorClass: "Qwen3VLProcessor",
    videoSpelling: videoByFrames(config, opened),
  });
}

const promptSide: PromptSide = {
  chatTemplate: BARE_CHAT_TEMPLATE,
  placeholders: { image: VISION_TOKENS.image, video: VISION_TOKENS.video },
  parseConfig,
  configJson: (config: Qwen3Config, options) => configJson(config, options),
  checkTokenizer: (tokenizer, config: Qwen3Config) => checkVisionTokens(tokenizer, config),
  openVision,
};

export const qwen3Vl: Architecture = {
  modelType: MODEL_TYPE,
  capabilities: { imageKeys: true, video: true },
  promptSide,
};
