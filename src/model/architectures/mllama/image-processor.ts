/**
 * @module
 * preprocessor_config.json: how a Llama 3.2-Vision directory wants its images.
 */
import { requireProcessor } from "../../image/processor-type.ts";
import { Fields } from "../../json-fields.ts";
import { processorSettings, type SmallFiles } from "../../small-files.ts";
import type { MllamaConfig } from "./config.ts";
import type { TileSizes } from "./tile-canvas.ts";

/** Pillow's number for bilinear resampling. */
const BILINEAR = 2;
const HALF = [0.5, 0.5, 0.5] as const;
/** Classes that lay images on canvases this way, by what transformers has called them. */
const PROCESSORS = /^MllamaImageProcessor(Fast|Pil)?$/;

/** How pixels become tiles. */
export interface TileConfig extends TileSizes {
  /** Pixel values times this, less the mean, over the standard deviation. */
  readonly rescaleFactor: number;
  /** Per channel, of values in [0, 1]. */
  readonly mean: readonly [number, number, number];
  readonly std: readonly [number, number, number];
}

/**
 * Reads the settings, with transformers' default for each absent one, and holds them against the model.
 *
 * @throws ModelError naming the field: another family's processor, a step switched off, another resampling, tiles of
 *   another size or another number than the model's, impossible numbers
 */
export function parseTiles(
  json: unknown,
  { vision }: MllamaConfig,
  where = "preprocessor_config.json",
): TileConfig {
  const fields = new Fields(json, where);
  requireProcessor(fields, PROCESSORS, "a processor of Llama 3.2-Vision");
  for (const step of ["do_resize", "do_pad", "do_rescale", "do_normalize"]) {
    if (!fields.boolean(step, true)) throw fields.error(step, "true");
  }
  if (fields.integer("resample", BILINEAR, 0) !== BILINEAR) throw fields.error("resample", "2 (bilinear)");
  const size = fields.object("size");
  const { imageSize: tileSize, maxTiles } = vision;
  for (const side of ["height", "width"]) {
    if (size.integer(side, 224) !== tileSize)
      throw size.error(side, `${tileSize}, the model's vision_config: image_size`);
  }
  if (fields.integer("max_image_tiles", 4) !== maxTiles)
    throw fields.error("max_image_tiles", `${maxTiles}, the model's vision_config: max_num_tiles`);
  const std = fields.perChannel("image_std", HALF);
  if (std.some((deviation) => deviation <= 0)) throw fields.error("image_std", "numbers > 0");
  return {
    tileSize,
    maxTiles,
    rescaleFactor: fields.positive("rescale_factor", 1 / 255),
    mean: fields.perChannel("image_mean", HALF),
    std,
  };
}

/**
 * The settings of a directory: `image_processor` in processor_config.json, else preprocessor_config.json, else
 * transformers' defaults with the model's tiles.
 *
 * @throws ModelError when they are wrong, or do not fit the model
 */
export function loadTiles(files: SmallFiles, config: MllamaConfig): TileConfig {
  const found = processorSettings(files, "image_processor", ["preprocessor_config.json"]);
  if (found !== undefined) return parseTiles(found.content, config, found.where);
  const { imageSize, maxTiles } = config.vision;
  return { tileSize: imageSize, maxTiles, rescaleFactor: 1 / 255, mean: HALF, std: HALF };
}

/** The preprocessor_config.json of these settings, which transformers reads. */
export function tilesJson(tiles: TileConfig): Record<string, unknown> {
  return {
    do_convert_rgb: true,
    do_normalize: true,
    do_pad: true,
    do_rescale: true,
    do_resize: true,
    image_mean: tiles.mean,
    image_processor_type: "MllamaImageProcessor",
    image_std: tiles.std,
    max_image_tiles: tiles.maxTiles,
    processor_class: "MllamaProcessor",
    resample: BILINEAR,
    rescale_factor: tiles.rescaleFactor,
    size: { height: tiles.tileSize, width: tiles.tileSize },
  };
}
