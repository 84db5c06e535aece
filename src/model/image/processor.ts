/**
 * @module
 * From pixels to the vision tower's patches, with the numbers of transformers' Pillow-based processor:
 * resize, rescale, normalise, and cut into patches ordered by merge block.
 */
import { ShapeError } from "../../errors/index.ts";
import { resizeBicubic } from "./bicubic.ts";
import type { ImageGrid } from "./image-grid.ts";
import { cutPatches, normaliseStill } from "./patches.ts";
import type { ProcessorConfig } from "./processor-config.ts";
import type { RgbImage } from "./rgb-image.ts";
import { type PixelSize, smartResize } from "./smart-resize.ts";

/** An image as the vision tower reads it. */
export interface ProcessedImage {
  /**
   * `[n × (C·Tp·p·p)]`, a row per patch: blocks of m x m patches row by row, within a block row by row; within a
   * patch channel, frame, row, column.
   */
  readonly patches: Float32Array;
  readonly grid: ImageGrid;
}

function shownSize(size: PixelSize, config: ProcessorConfig): PixelSize {
  const { minPixels, maxPixels } = config;
  return smartResize(size, { factor: config.patchSize * config.mergeSize, minPixels, maxPixels });
}

/**
 * The patch grid that an image of this size gets, without looking at its pixels.
 *
 * @throws DataError when a side is zero or the aspect ratio is above 200
 */
export function imageGrid(size: PixelSize, config: ProcessorConfig): ImageGrid {
  const { width, height } = shownSize(size, config);
  return [1, height / config.patchSize, width / config.patchSize];
}

/**
 * The patches of one image. A still image fills each temporal patch by repetition.
 *
 * @throws DataError when a side is zero or the aspect ratio is above 200
 * @throws ShapeError when a side is no whole number, or the image's data does not fill its size
 */
export function preprocess(image: RgbImage, config: ProcessorConfig): ProcessedImage {
  checkPixels(image, "image");
  const { width, height } = shownSize(image, config);
  const shown = resizeBicubic(image, width, height);
  return cutPatches(new Array<RgbImage>(config.temporalPatchSize).fill(shown), config, normaliseStill);
}

/** Fails when an image's sides are no whole numbers of pixels, or its data does not fill them. */
export function checkPixels({ width, height, data }: RgbImage, where: string): void {
  if (!(Number.isInteger(width) && Number.isInteger(height))) {
    throw new ShapeError(`${where}: expected sides of whole pixels, got ${width} x ${height}`);
  }
  if (data.length !== width * height * 3) {
    throw new ShapeError(
      `${where}: expected ${width * height * 3} bytes for ${width} x ${height} RGB, got ${data.length}`,
    );
  }
}
