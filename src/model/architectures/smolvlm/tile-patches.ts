/**
 * @module
 * From pixels to the patches of tiles, with the numbers of transformers' Pillow-based processor. The steps:
 * resize, cut into tiles, resize the whole, rescale, normalise, and cut into patches in the order in which the model
 * joins them to tokens.
 */
import { DataError } from "../../../errors/index.ts";
import { cropSquare } from "../../image/crop.ts";
import { resizeLanczos } from "../../image/lanczos.ts";
import { cutPatches, type Normalise, normaliseFrame, normaliseStill } from "../../image/patches.ts";
import { checkPixels } from "../../image/processor.ts";
import type { RgbImage } from "../../image/rgb-image.ts";
import type { PixelSize } from "../../image/smart-resize.ts";
import type { PatchedImage } from "../../vision.ts";
import type { SmolConfig } from "./config.ts";
import { type TileConfig, tilePatches } from "./image-processor.ts";
import { tileLayout } from "./tile-layout.ts";

/**
 * The tiles of an image row by row, then the whole as one tile; the grid's frames are tiles.
 *
 * @throws DataError when a side is zero
 * @throws ShapeError when the image's data does not fill its size
 */
export function imagePatches(image: RgbImage, tiles: TileConfig, config: SmolConfig): PatchedImage {
  checkPixels(image, "image");
  const { resized, shown, rows, columns } = tileLayout(image, tiles);
  const { tileSize } = tiles;
  const large = resizedTo(resizedTo(image, resized), shown);
  const cut: RgbImage[] = [];
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      cut.push(cropSquare(large, column * tileSize, row * tileSize, tileSize));
    }
  }
  const whole = resizedTo(large, { width: tileSize, height: tileSize });
  return patchesOf([...cut, whole], tiles, config, normaliseStill);
}

/**
 * A video's frames, each as one tile.
 *
 * Lanczos as Pillow does it, like stills. transformers has no Pillow path for videos; where no resize is needed the
 * numbers are the same.
 *
 * @throws DataError when there is no frame, or a frame's side is zero
 * @throws ShapeError when a frame's data does not fill its size
 */
export function framePatches(
  frames: readonly RgbImage[],
  tiles: TileConfig,
  config: SmolConfig,
): PatchedImage {
  if (frames.length === 0) throw new DataError("video: expected at least one frame, got none");
  const shown = frames.map((frame, i) => {
    checkPixels(frame, `video: frame ${i}`);
    const layout = tileLayout(frame, tiles);
    return resizedTo(resizedTo(frame, layout.resized), layout.shown);
  });
  return patchesOf(shown, tiles, config, normaliseFrame);
}

function resizedTo(image: RgbImage, { width, height }: PixelSize): RgbImage {
  return resizeLanczos(image, width, height);
}

function patchesOf(
  shown: readonly RgbImage[],
  tiles: TileConfig,
  config: SmolConfig,
  normalise: Normalise,
): PatchedImage {
  const seen = tilePatches(tiles, config) * config.vision.patchSize;
  const whole = shown.map((tile) => cropSquare(tile, 0, 0, seen));
  const { patchSize } = config.vision;
  const cutting = { ...tiles, patchSize, mergeSize: config.scaleFactor, temporalPatchSize: 1 };
  return cutPatches(whole, cutting, normalise);
}
