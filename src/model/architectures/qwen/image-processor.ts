/**
 * @module
 * preprocessor_config.json: settings of the image processor. The families share one image processor, and
 * differ in the defaults of absent settings.
 */
import { ModelError } from "../../../errors/index.ts";
import type { ProcessorConfig } from "../../image/processor-config.ts";
import { requireProcessor } from "../../image/processor-type.ts";
import { Fields } from "../../json-fields.ts";
import { processorSettings, type SmallFiles } from "../../small-files.ts";
import type { QwenConfig } from "./config.ts";

/** Settings that a file may leave out. */
export type ProcessorDefaults = Pick<
  ProcessorConfig,
  "minPixels" | "maxPixels" | "patchSize" | "mean" | "std"
>;

/** Means and deviations of CLIP's training images. */
export const CLIP: Pick<ProcessorDefaults, "mean" | "std"> = {
  mean: [0.48145466, 0.4578275, 0.40821073],
  std: [0.26862954, 0.26130258, 0.27577711],
};

/** Mean and deviation that map pixels to [−1, 1]. */
export const HALVES: Pick<ProcessorDefaults, "mean" | "std"> = {
  mean: [0.5, 0.5, 0.5],
  std: [0.5, 0.5, 0.5],
};

/** Defaults of transformers' class: from 4 to 1,280 tokens of 28 x 28 pixels. */
export const CLASS_DEFAULTS: ProcessorDefaults = {
  ...CLIP,
  minPixels: 56 * 56,
  maxPixels: 28 * 28 * 1280,
  patchSize: 14,
};

/** Pillow's number for bicubic resampling. */
const BICUBIC = 3;
/** Classes of the family, which share their processors. */
const PROCESSORS = /^Qwen[\d_]+VL(Image|Video)Processor(Fast|Pil)?$/;

/** The processor that goes with a model when its directory does not say otherwise. */
export function defaultImageProcessor(
  { vision }: QwenConfig,
  { minPixels, maxPixels, mean, std }: Omit<ProcessorDefaults, "patchSize"> = CLASS_DEFAULTS,
): ProcessorConfig {
  return {
    minPixels,
    maxPixels,
    patchSize: vision.patchSize,
    temporalPatchSize: vision.temporalPatchSize,
    mergeSize: vision.spatialMergeSize,
    rescaleFactor: 1 / 255,
    mean,
    std,
  };
}

/**
 * Reads the settings. Limits may be in `min_pixels` and `max_pixels` or in `size`.
 *
 * @param defaults values of absent settings
 * @throws ModelError naming the field: another family's processor, a step switched off, another resampling, impossible
 *   numbers
 */
export function parseImageProcessor(
  json: unknown,
  where = "preprocessor_config.json",
  defaults: ProcessorDefaults = CLASS_DEFAULTS,
): ProcessorConfig {
  const fields = new Fields(json, where);
  requireProcessor(fields, PROCESSORS, "a processor of Qwen-VL");
  for (const step of ["do_resize", "do_rescale", "do_normalize"]) {
    if (!fields.boolean(step, true)) throw fields.error(step, "true");
  }
  if (fields.integer("resample", BICUBIC, 0) !== BICUBIC) throw fields.error("resample", "3 (bicubic)");
  const size = fields.object("size");
  const limit = (name: string, nameInSize: string, fallback: number) => {
    if (fields.has(name)) return fields.integer(name);
    if (size.has(name)) return size.integer(name);
    if (size.has("height") || size.has("width"))
      throw fields.error("size", 'an object with "shortest_edge" and "longest_edge", areas in pixels');
    return size.integer(nameInSize, fallback);
  };
  const minPixels = limit("min_pixels", "shortest_edge", defaults.minPixels);
  const maxPixels = limit("max_pixels", "longest_edge", defaults.maxPixels);
  if (minPixels > maxPixels)
    throw new ModelError(`${where}: expected min pixels (${minPixels}) <= max pixels (${maxPixels})`);
  const std = fields.perChannel("image_std", defaults.std);
  if (std.some((deviation) => deviation <= 0)) throw fields.error("image_std", "numbers > 0");
  return {
    minPixels,
    maxPixels,
    patchSize: fields.integer("patch_size", defaults.patchSize),
    temporalPatchSize: fields.integer("temporal_patch_size", 2),
    mergeSize: fields.integer("merge_size", 2),
    rescaleFactor: fields.positive("rescale_factor", 1 / 255),
    mean: fields.perChannel("image_mean", defaults.mean),
    std,
  };
}

/** The settings themselves; fails when they do not fit the model's patches. */
export function checkPatches<P extends ProcessorConfig>(processor: P, config: QwenConfig, where: string): P {
  const { patchSize, temporalPatchSize, spatialMergeSize } = config.vision;
  const pairs: readonly (readonly [field: string, got: number, expected: number])[] = [
    ["patch_size", processor.patchSize, patchSize],
    ["temporal_patch_size", processor.temporalPatchSize, temporalPatchSize],
    ["merge_size", processor.mergeSize, spatialMergeSize],
  ];
  for (const [field, got, expected] of pairs) {
    if (got !== expected)
      throw new ModelError(`${where}: ${field}: expected ${expected} as in config.json, got ${got}`);
  }
  return processor;
}

/**
 * The settings of a directory: `image_processor` in processor_config.json, else preprocessor_config.json, else the
 * defaults for the model.
 *
 * @param bare what goes with a model whose directory has no such file; transformers' defaults unless given
 * @throws ModelError when they do not fit the model's patches
 */
export function loadImageProcessor(
  files: SmallFiles,
  config: QwenConfig,
  bare: Omit<ProcessorDefaults, "patchSize"> = CLASS_DEFAULTS,
): ProcessorConfig {
  const found = processorSettings(files, "image_processor", ["preprocessor_config.json"]);
  if (found === undefined) return defaultImageProcessor(config, bare);
  return checkPatches(parseImageProcessor(found.content, found.where), config, found.where);
}

/**
 * The preprocessor_config.json of these settings, which transformers reads.
 *
 * @param processorClass of the family
 */
export function imageProcessorJson(
  processor: ProcessorConfig,
  processorClass: string,
): Record<string, unknown> {
  return {
    do_convert_rgb: true,
    do_normalize: true,
    do_rescale: true,
    do_resize: true,
    image_mean: processor.mean,
    image_processor_type: "Qwen2VLImageProcessor",
    image_std: processor.std,
    max_pixels: processor.maxPixels,
    merge_size: processor.mergeSize,
    min_pixels: processor.minPixels,
    patch_size: processor.patchSize,
    processor_class: processorClass,
    resample: BICUBIC,
    rescale_factor: processor.rescaleFactor,
    size: { longest_edge: processor.maxPixels, shortest_edge: processor.minPixels },
    temporal_patch_size: processor.temporalPatchSize,
  };
}
