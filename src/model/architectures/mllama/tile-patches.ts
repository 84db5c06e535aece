/**
 * @module
 * From pixels to the patches of tiles, with the numbers of transformers' Pillow-based processor: resize, lay on a black
 * canvas, rescale, normalise, and cut into tiles and patches.
 */
import { resizeBilinear } from "../../image/bilinear.ts";
import { cropSquare } from "../../image/crop.ts";
import { cutPatches, normaliseStill } from "../../image/patches.ts";
import { checkPixels } from "../../image/processor.ts";
import type { RgbImage } from "../../image/rgb-image.ts";
import type { PatchedImage } from "../../vision.ts";
import { type MllamaConfig, patchesPerSide } from "./config.ts";
import type { TileConfig } from "./image-processor.ts";
import { tileLayout } from "./tile-canvas.ts";

/**
 * The patches of an image: tile by tile, row by row, and row by row within a tile. The grid is that of the canvas.
 *
 * @throws DataError when a side is zero
 * @throws ShapeError when the image's data does not fill its size
 */
export function imagePatches(image: RgbImage, tiles: TileConfig, { vision }: MllamaConfig): PatchedImage {
  checkPixels(image, "image");
  const { canvas, shown } = tileLayout(image, tiles);
  const [rows, columns] = canvas;
  const { tileSize } = tiles;
  const size = { width: columns * tileSize, height: rows * tileSize };
  const laid = onBlack(resizeBilinear(image, shown.width, shown.height), size);
  const cut = Array.from({ length: rows * columns }, (_, i) =>
    cropSquare(laid, (i % columns) * tileSize, Math.floor(i / columns) * tileSize, tileSize),
  );
  const cutting = { ...tiles, patchSize: vision.patchSize, mergeSize: 1, temporalPatchSize: 1 };
  const side = patchesPerSide(vision);
  return { ...cutPatches(cut, cutting, normaliseStill), grid: [1, rows * side, columns * side] };
}

/** The image in the upper left of a black one. */
function onBlack(image: RgbImage, size: { readonly width: number; readonly height: number }): RgbImage {
  const data = new Uint8Array(size.width * size.height * 3);
  const row = image.width * 3;
  for (let y = 0; y < image.height; y++)
    data.set(image.data.subarray(y * row, (y + 1) * row), y * size.width * 3);
  return { ...size, data };
}
