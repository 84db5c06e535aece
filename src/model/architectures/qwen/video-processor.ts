/**
 * @module
 * video_preprocessor_config.json: how a model directory wants its videos.
 */
import type { VideoProcessorConfig } from "../../image/processor-config.ts";
import { Fields } from "../../json-fields.ts";
import { processorSettings, type SmallFiles } from "../../small-files.ts";
import type { QwenConfig } from "./config.ts";
import {
  CLIP,
  checkPatches,
  defaultImageProcessor,
  HALVES,
  type ProcessorDefaults,
  parseImageProcessor,
} from "./image-processor.ts";

/** Defaults of transformers' class of a family. */
export interface VideoDefaults extends ProcessorDefaults {
  readonly maxVideoTokens: number;
  /** Pixel limits apply to all frames together, not to each. */
  readonly limitsWholeVideo?: true;
}

/** From 128 to 768 tokens of 28 x 28 pixels a frame. */
export const FRAME_DEFAULTS: VideoDefaults = {
  ...CLIP,
  minPixels: 128 * 28 * 28,
  maxPixels: 768 * 28 * 28,
  patchSize: 14,
  maxVideoTokens: 128000,
};

/** From 128 to 768 tokens of 32 x 32 pixels a video. */
export const WHOLE_VIDEO_DEFAULTS: VideoDefaults = {
  ...HALVES,
  minPixels: 128 * 32 * 32,
  maxPixels: 768 * 32 * 32,
  patchSize: 16,
  maxVideoTokens: 768,
  limitsWholeVideo: true,
};

/**
 * Reads the settings.
 *
 * @param defaults of the family
 * @throws ModelError naming the field: a step switched off, another resampling, impossible numbers
 */
export function parseVideoProcessor(
  json: unknown,
  where = "video_preprocessor_config.json",
  defaults: VideoDefaults = FRAME_DEFAULTS,
): VideoProcessorConfig {
  const fields = new Fields(json, where);
  return {
    ...parseImageProcessor(json, where, defaults),
    capPixelsPerFrame: fields.boolean("cap_pixels_per_frame", false),
    maxVideoTokens: fields.integer("max_video_tokens", defaults.maxVideoTokens),
    ...(defaults.limitsWholeVideo && { limitsWholeVideo: true }),
  };
}

/**
 * The settings of a directory: `video_processor` in processor_config.json, else video_preprocessor_config.json, else
 * the image settings in preprocessor_config.json, as in transformers, else the defaults.
 *
 * @throws ModelError when they do not fit the model's patches
 */
export function loadVideoProcessor(
  files: SmallFiles,
  config: QwenConfig,
  defaults: VideoDefaults = FRAME_DEFAULTS,
): VideoProcessorConfig {
  const own = ["video_preprocessor_config.json", "preprocessor_config.json"];
  const found = processorSettings(files, "video_processor", own);
  if (found !== undefined)
    return checkPatches(parseVideoProcessor(found.content, found.where, defaults), config, found.where);
  const { patchSize, temporalPatchSize, mergeSize } = defaultImageProcessor(config);
  const patches = { patch_size: patchSize, temporal_patch_size: temporalPatchSize, merge_size: mergeSize };
  return parseVideoProcessor(patches, "video processor", defaults);
}
