/**
 * @module
 * video_preprocessor_config.json: how a model directory wants its videos.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { ModelConfig } from "../config.ts";
import { Fields } from "../json-fields.ts";
import { readJson } from "../read-json.ts";
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
 * The settings of a directory: video_preprocessor_config.json, else `video_processor` in processor_config.json,
 * else those of its images in preprocessor_config.json, as transformers does, else the defaults.
 *
 * @throws ModelError when they do not fit the model's patches
 */
export function loadVideoProcessorConfig(directory: string, config: ModelConfig): VideoProcessorConfig {
  const joint = join(directory, "processor_config.json");
  const inJoint = existsSync(joint) ? new Fields(readJson(joint), joint) : undefined;
  for (const name of [
    "video_preprocessor_config.json",
    "processor_config.json",
    "preprocessor_config.json",
  ]) {
    const path = join(directory, name);
    let json: unknown;
    let where = path;
    if (path === joint) {
      if (inJoint?.has("video_processor") !== true) continue;
      json = inJoint.object("video_processor").json;
      where = `${path}: video_processor`;
    } else {
      if (!existsSync(path)) continue;
      json = readJson(path);
    }
    return checkPatches(parseVideoProcessorConfig(json, where), config, where);
  }
  const { patchSize, temporalPatchSize, mergeSize } = defaultProcessorConfig(config);
  return parseVideoProcessorConfig({
    patch_size: patchSize,
    temporal_patch_size: temporalPatchSize,
    merge_size: mergeSize,
  });
}
