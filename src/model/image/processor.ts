/**
 * @module
 * From pixels to the vision tower's patches, with the numbers of transformers' Pillow-based Qwen2-VL processor:
 * resize, rescale, normalise, and cut into patches ordered by merge block.
 */
import { ShapeError } from "../../errors/index.ts";
import { resizeBicubic } from "./bicubic.ts";
import type { ImageGrid } from "./image-grid.ts";
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
 * Every value that a channel can take, normalised in the precision and order of the reference: product in 64 bits,
 * then 32 bits throughout.
 */
function normalised(channel: 0 | 1 | 2, config: ProcessorConfig): Float32Array {
  const mean = Math.fround(config.mean[channel]);
  const std = Math.fround(config.std[channel]);
  return Float32Array.from({ length: 256 }, (_, value) => {
    const rescaled = Math.fround(value * config.rescaleFactor);
    return Math.fround(rescaled - mean) / std;
  });
}

/**
 * The patches of one image. A still image fills each temporal patch by repetition.
 *
 * @throws DataError when a side is zero or the aspect ratio is above 200
 * @throws ShapeError when the image's data does not fill its size
 */
export function preprocess(image: RgbImage, config: ProcessorConfig): ProcessedImage {
  if (image.data.length !== image.width * image.height * 3) {
    throw new ShapeError(
      `image: expected ${image.width * image.height * 3} bytes for ${image.width} x ${image.height} RGB, got ${image.data.length}`,
    );
  }
  const size = shownSize(image, config);
  const { data, width } = resizeBicubic(image, size.width, size.height);
  const grid = imageGrid(image, config);
  const [, rows, columns] = grid;
  const { patchSize, mergeSize, temporalPatchSize } = config;
  const tables = [normalised(0, config), normalised(1, config), normalised(2, config)];
  const area = patchSize * patchSize;
  const patches = new Float32Array(rows * columns * 3 * temporalPatchSize * area);

  let at = 0;
  const putPatch = (row: number, column: number) => {
    const corner = (row * patchSize * width + column * patchSize) * 3;
    tables.forEach((table, channel) => {
      const frame = at;
      for (let y = 0; y < patchSize; y++) {
        let pixel = corner + y * width * 3 + channel;
        for (let x = 0; x < patchSize; x++, pixel += 3) patches[at++] = table[data[pixel]!]!;
      }
      for (let repeat = 1; repeat < temporalPatchSize; repeat++, at += area) {
        patches.copyWithin(at, frame, frame + area);
      }
    });
  };
  for (let blockRow = 0; blockRow < rows; blockRow += mergeSize) {
    for (let blockColumn = 0; blockColumn < columns; blockColumn += mergeSize) {
      for (let i = 0; i < mergeSize; i++) {
        for (let j = 0; j < mergeSize; j++) putPatch(blockRow + i, blockColumn + j);
      }
    }
  }
  return { patches, grid };
}
