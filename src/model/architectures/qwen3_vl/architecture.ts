/**
 * @module
 * Qwen3-VL's prompt side (arXiv:2511.21631).
 */
import type { Architecture, PromptSide } from "../../architecture.ts";
import type { SmallFiles } from "../../small-files.ts";
import type { Vision } from "../../vision.ts";
import { BARE_CHAT_TEMPLATE } from "../qwen/chat-template.ts";
import { HALVES, loadImageProcessor } from "../qwen/image-processor.ts";
import { checkVisionTokens, VISION_TOKENS } from "../qwen/special-tokens.ts";
import type { VisionPiece } from "../qwen/spell-prompt.ts";
import { loadVideoProcessor, WHOLE_VIDEO_DEFAULTS } from "../qwen/video-processor.ts";
import { qwenVision } from "../qwen/vision.ts";
import { MODEL_TYPE, type Qwen3Config } from "./config.ts";
import { configJson, parseConfig } from "./config-json.ts";
import { videoWords } from "./video-words.ts";

/** The published models': from 64 to 16,384 tokens of 32 x 32 pixels. */
const IMAGE_DEFAULTS = { ...HALVES, minPixels: 65_536, maxPixels: 16_777_216 };

/** Each temporal patch of a video is between its own marks, as if it were an image; its time precedes it as text. */
function openVision(config: Qwen3Config, files: SmallFiles): Vision {
  const { visionStartTokenId, visionEndTokenId } = config;
  return qwenVision(config, {
    image: loadImageProcessor(files, config, IMAGE_DEFAULTS),
    video: loadVideoProcessor(files, config, WHOLE_VIDEO_DEFAULTS),
    processorClass: "Qwen3VLProcessor",
    videoPieces: ([times, rows, columns]) =>
      Array.from({ length: times }, (): VisionPiece[] => [
        { kind: "marks", tokens: [visionStartTokenId] },
        { kind: "image", grid: [1, rows, columns] },
        { kind: "marks", tokens: [visionEndTokenId] },
      ]).flat(),
  });
}

const promptSide: PromptSide = {
  chatTemplate: BARE_CHAT_TEMPLATE,
  // The template's marks around a whole video go with its pad: the video brings its own.
  placeholders: {
    image: VISION_TOKENS.image,
    video: `${VISION_TOKENS.start}${VISION_TOKENS.video}${VISION_TOKENS.end}`,
  },
  videoWords,
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
