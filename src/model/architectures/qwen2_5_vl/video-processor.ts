/**
 * @module
 * video_preprocessor_config.json: how a model directory wants its videos.
 */
import type { VideoProcessorConfig } from "../../image/processor-config.ts";
import { Fields } from "../../json-fields.ts";
import { processorSettings, type SmallFiles } from "../../small-files.ts";
import type { QwenConfig } from "./config.ts";
import { checkPatches, defaultImageProcessor, parseImageProcessor } from "./image-processor.ts";

/** transformers' limits of a frame: 128 and 768 tokens of 28 x 28 pixels. */
const FRAME_LIMITS = { minPixels: 128 * 28 * 28, maxPixels: 768 * 28 * 28 };

/**
 * Reads the settings, with transformers' default for each absent one.
 *
 * @throws ModelError naming the field: a step switched off, another resampling, impossible numbers
 */
export function parseVideoProcessor(
  json: unknown,
  where = "video_preprocessor_config.json",
): VideoProcessorConfig {
  const fields = new Fields(json, where);
  return {
    ...parseImageProcessor(json, where, FRAME_LIMITS),
    capPixelsPerFrame: fields.boolean("cap_pixels_per_frame", false),
    maxVideoTokens: fields.integer("max_video_tokens", 128000),
  };
}

/**
 * The settings of a directory: `video_processor` in processor_config.json, else video_preprocessor_config.json, else
 * those of its images in preprocessor_config.json, as transformers does, else the defaults.
 *
 * @throws ModelError when they do not fit the model's patches
 */
export function loadVideoProcessor(files: SmallFiles, config: QwenConfig): VideoProcessorConfig {
  const own = ["video_preprocessor_config.json", "preprocessor_config.json"];
  const found = processorSettings(files, "video_processor", own);
  if (found !== undefined)
    return checkPatches(parseVideoProcessor(found.content, found.where), config, found.where);
  const { patchSize, temporalPatchSize, mergeSize } = defaultImageProcessor(config);
  return parseVideoProcessor({
    patch_size: patchSize,
    temporal_patch_size: temporalPatchSize,
    merge_size: mergeSize,
  });
}
