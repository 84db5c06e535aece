/**
 * @module
 * preprocessor_config.json: how a SmolVLM or Idefics3 directory wants its images, and the frames of its videos.
 */
import { ModelError } from "../../../errors/index.ts";
import { requireProcessor } from "../../image/processor-type.ts";
import { Fields } from "../../json-fields.ts";
import { JOINT_PROCESSOR, processorSettings, type SmallFiles } from "../../small-files.ts";
import { MODEL_TYPE, type SmolConfig } from "./config.ts";

/** Pillow's number for Lanczos resampling. */
const LANCZOS = 1;
/** transformers' defaults: tiles of 364 pixels, and four of them in a row. */
const TILE = 364;
const LONGEST_EDGE = 4 * TILE;
const HALF = [0.5, 0.5, 0.5] as const;
/** Classes that cut images into tiles this way, by their names in transformers. */
const PROCESSORS = /^(SmolVLM|Idefics3)(Image|Video)Processor(Fast|Pil)?$/;

/** How pixels become tiles. */
export interface TileConfig {
  /** Length of an image's longest side before it is cut. */
  readonly longestEdge: number;
  /** Pixels per side of a tile. */
  readonly tileSize: number;
  /** False shows every image as one tile. */
  readonly splits: boolean;
  /** Pixel values times this, less the mean, over the standard deviation. */
  readonly rescaleFactor: number;
  /** Per channel, of values in [0, 1]. */
  readonly mean: readonly [number, number, number];
  readonly std: readonly [number, number, number];
}

function longestEdge(fields: Fields, name: string, fallback: number): number {
  if (!fields.has(name)) return fallback;
  const size = fields.object(name);
  if (!size.has("longest_edge")) throw fields.error(name, 'an object with "longest_edge"');
  return size.integer("longest_edge");
}

/**
 * Reads the settings, with transformers' default for each absent one.
 *
 * @throws ModelError naming the field: another family's processor, a step switched off, another resampling, impossible
 *   numbers
 */
export function parseTiles(json: unknown, where = "preprocessor_config.json"): TileConfig {
  const fields = new Fields(json, where);
  requireProcessor(fields, PROCESSORS, "a processor of SmolVLM or Idefics3");
  for (const step of ["do_resize", "do_rescale", "do_normalize"]) {
    if (!fields.boolean(step, true)) throw fields.error(step, "true");
  }
  if (fields.integer("resample", LANCZOS, 0) !== LANCZOS) throw fields.error("resample", "1 (Lanczos)");
  const std = fields.perChannel("image_std", HALF);
  if (std.some((deviation) => deviation <= 0)) throw fields.error("image_std", "numbers > 0");
  return {
    longestEdge: longestEdge(fields, "size", LONGEST_EDGE),
    tileSize: longestEdge(fields, "max_image_size", TILE),
    splits: fields.boolean("do_image_splitting", true),
    rescaleFactor: fields.positive("rescale_factor", 1 / 255),
    mean: fields.perChannel("image_mean", HALF),
    std,
  };
}

/** The settings that go with a model when its directory does not say otherwise: tiles as large as its positions reach. */
function defaultTiles({ vision }: SmolConfig): TileConfig {
  const { imageSize } = vision;
  return { ...parseTiles({}), tileSize: imageSize, longestEdge: 4 * imageSize };
}

/** Patches per side of a tile. Pixels left over at the right and lower edge are not used. */
export function tilePatches({ tileSize }: TileConfig, { vision }: SmolConfig): number {
  return Math.floor(tileSize / vision.patchSize);
}

/** Tokens of a tile. */
export function tokensPerTile(tiles: TileConfig, config: SmolConfig): number {
  return (tilePatches(tiles, config) / config.scaleFactor) ** 2;
}

/** The settings themselves; fails when the model cannot join their tiles to tokens. */
function checkTiles(tiles: TileConfig, config: SmolConfig, where: string): TileConfig {
  const side = tilePatches(tiles, config);
  if (side > 0 && side % config.scaleFactor === 0) return tiles;
  throw new ModelError(
    `${where}: max_image_size: expected tiles whose patches per side are a multiple of scale_factor (${config.scaleFactor}), got ${tiles.tileSize} pixels, which are ${side} patches of ${config.vision.patchSize}`,
  );
}

/**
 * The settings of a directory: `image_processor` in processor_config.json, else preprocessor_config.json, else the
 * defaults for the model.
 *
 * @throws ModelError when they are wrong, or do not fit the model
 */
export function loadTiles(files: SmallFiles, config: SmolConfig): TileConfig {
  const found = processorSettings(files, "image_processor", ["preprocessor_config.json"]);
  const tiles =
    found === undefined
      ? defaultTiles(config)
      : checkTiles(parseTiles(found.content, found.where), config, found.where);
  const joint = files.json(JOINT_PROCESSOR);
  const fields = joint && new Fields(joint.content, joint.where);
  const tokens = tokensPerTile(tiles, config);
  if (fields?.has("image_seq_len") && fields.integer("image_seq_len") !== tokens)
    throw fields.error("image_seq_len", `${tokens}, the tokens that the model makes of a tile`);
  return tiles;
}

/**
 * The settings of videos' frames, each of which is one tile: `video_processor` in processor_config.json, else
 * video_preprocessor_config.json, else the image settings.
 *
 * @throws ModelError when they are wrong, or do not fit the model
 */
export function loadFrames(files: SmallFiles, config: SmolConfig): TileConfig {
  const own = ["video_preprocessor_config.json", "preprocessor_config.json"];
  const found = processorSettings(files, "video_processor", own);
  const frames =
    found === undefined
      ? defaultTiles(config)
      : checkTiles(parseTiles(found.content, found.where), config, found.where);
  return { ...frames, splits: false };
}

/** The preprocessor_config.json of these settings, which transformers reads. */
export function tilesJson(tiles: TileConfig, { modelType }: SmolConfig): Record<string, unknown> {
  const family = modelType === MODEL_TYPE ? "SmolVLM" : "Idefics3";
  return {
    do_convert_rgb: true,
    do_image_splitting: tiles.splits,
    do_normalize: true,
    do_pad: true,
    do_rescale: true,
    do_resize: true,
    image_mean: tiles.mean,
    image_processor_type: `${family}ImageProcessor`,
    image_std: tiles.std,
    max_image_size: { longest_edge: tiles.tileSize },
    processor_class: `${family}Processor`,
    resample: LANCZOS,
    rescale_factor: tiles.rescaleFactor,
    size: { longest_edge: tiles.longestEdge },
  };
}
