/**
 * @module
 * video_preprocessor_config.json: how a model directory wants its videos.
 */
import type { ModelConfig } from "../config.ts";
import { Fields } from "../json-fields.ts";
import { processorSettings } from "./joint-processor.ts";
import {
  checkPatches,
  defaultProcessorConfig,
  type ProcessorConfig,
  parseProcessorConfig,
  processorJson,
} from "./processor-config.ts";

/** Settings of the video processor. Pixel limits are those of one frame. */
export interface VideoProcessorConfig extends ProcessorConfig {
  /** Whether a long video's frames are shown smaller, so that all together stay within `maxVideoTokens`. */
  readonly capPixelsPerFrame: boolean;
  /** Nine tenths of this many tokens are a capped video's budget. */
  readonly maxVideoTokens: number;
}

/** transformers' limits of a frame: 128 and 768 tokens of 28 x 28 pixels. */
const FRAME_LIMITS = { minPixels: 128 * 28 * 28, maxPixels: 768 * 28 * 28 };

/**
 * Reads the settings, with transformers' default for each absent one.
 *
 * @throws ModelError naming the field: a step switched off, another resampling, impossible numbers
 */
export function parseVideoProcessorConfig(
  json: unknown,
  where = "video_preprocessor_config.json",
): VideoProcessorConfig {
  const fields = new Fields(json, where);
  return {
    ...parseProcessorConfig(json, where, FRAME_LIMITS),
    capPixelsPerFrame: fields.boolean("cap_pixels_per_frame", false),
    maxVideoTokens: fields.integer("max_video_tokens", 128000),
  };
}

/** The video_preprocessor_config.json of these settings, which transformers reads. */
export function videoProcessorJson(processor: VideoProcessorConfig): Record<string, unknown> {
  const { image_processor_type: _, ...shared } = processorJson(processor);
  return {
    ...shared,
    cap_pixels_per_frame: processor.capPixelsPerFrame,
    max_video_tokens: processor.maxVideoTokens,
    video_processor_type: "Qwen2VLVideoProcessor",
  };
}

/**
 * The settings of a directory: `video_processor` in processor_config.json, else video_preprocessor_config.json, else
 * those of its images in preprocessor_config.json, as transformers does, else the defaults.
 *
 * @throws ModelError when they do not fit the model's patches
 */
export function loadVideoProcessorConfig(directory: string, config: ModelConfig): VideoProcessorConfig {
  const files = ["video_preprocessor_config.json", "preprocessor_config.json"];
  const found = processorSettings(directory, "video_processor", files);
  if (found !== undefined)
    return checkPatches(parseVideoProcessorConfig(found.json, found.where), config, found.where);
  const { patchSize, temporalPatchSize, mergeSize } = defaultProcessorConfig(config);
  return parseVideoProcessorConfig({
    patch_size: patchSize,
    temporal_patch_size: temporalPatchSize,
    merge_size: mergeSize,
  });
}
