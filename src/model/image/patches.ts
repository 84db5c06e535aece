/**
 * @module
 * Pixels to the rows that the vision tower reads: normalised, and ordered by merge block.
 */
import type { ImageGrid } from "./image-grid.ts";
import type { ProcessorConfig } from "./processor-config.ts";
import type { RgbImage } from "./rgb-image.ts";

/** `[256]` what every value that a channel can take becomes. */
export type Normalise = (channel: 0 | 1 | 2, config: ProcessorConfig) => Float32Array;

/** (value · factor − mean) / std in the precision and order of transformers' stills: product in 64 bits, then 32. */
export const normaliseStill: Normalise = (channel, config) => {
  const mean = Math.fround(config.mean[channel]);
  const std = Math.fround(config.std[channel]);
  return Float32Array.from({ length: 256 }, (_, value) => {
    const rescaled = Math.fround(value * config.rescaleFactor);
    return Math.fround(rescaled - mean) / std;
  });
};

/** (value − mean / factor) / (std / factor) in 32 bits, as transformers' videos have it; the last bits differ. */
export const normaliseFrame: Normalise = (channel, config) => {
  const scale = Math.fround(1 / config.rescaleFactor);
  const mean = Math.fround(Math.fround(config.mean[channel]) * scale);
  const std = Math.fround(Math.fround(config.std[channel]) * scale);
  return Float32Array.from({ length: 256 }, (_, value) => Math.fround(value - mean) / std);
};

/**
 * The patches of frames that have their final size.
 *
 * @param frames a multiple of Tp frames, all of one size; a still is given Tp times
 * @returns `[n × (C·Tp·p·p)]`, a row per patch: temporal patches in order, in each the blocks of m x m patches row
 *   by row, within a block row by row; within a patch channel, frame, row, column
 */
export function cutPatches(
  frames: readonly RgbImage[],
  config: ProcessorConfig,
  normalise: Normalise,
): { readonly patches: Float32Array; readonly grid: ImageGrid } {
  const { patchSize, mergeSize, temporalPatchSize } = config;
  const [{ width, height }] = frames as [RgbImage];
  const grid: ImageGrid = [frames.length / temporalPatchSize, height / patchSize, width / patchSize];
  const [times, rows, columns] = grid;
  const [red, green, blue] = [normalise(0, config), normalise(1, config), normalise(2, config)];
  const area = patchSize * patchSize;
  const channelSize = temporalPatchSize * area;
  const patches = new Float32Array(times * rows * columns * 3 * channelSize);

  let at = 0;
  const putPatch = (time: number, row: number, column: number) => {
    const corner = (row * patchSize * width + column * patchSize) * 3;
    for (let f = 0; f < temporalPatchSize; f++) {
      const { data } = frames[time * temporalPatchSize + f]!;
      let to = at + f * area;
      if (f > 0 && data === frames[time * temporalPatchSize + f - 1]!.data) {
        for (let channel = 0; channel < 3; channel++, to += channelSize) {
          patches.copyWithin(to, to - area, to);
        }
        continue;
      }
      for (let y = 0; y < patchSize; y++) {
        let pixel = corner + y * width * 3;
        for (let x = 0; x < patchSize; x++, pixel += 3, to++) {
          patches[to] = red[data[pixel]!]!;
          patches[to + channelSize] = green[data[pixel + 1]!]!;
          patches[to + 2 * channelSize] = blue[data[pixel + 2]!]!;
        }
      }
    }
    at += 3 * channelSize;
  };
  for (let time = 0; time < times; time++) {
    for (let blockRow = 0; blockRow < rows; blockRow += mergeSize) {
      for (let blockColumn = 0; blockColumn < columns; blockColumn += mergeSize) {
        for (let i = 0; i < mergeSize; i++) {
          for (let j = 0; j < mergeSize; j++) putPatch(time, blockRow + i, blockColumn + j);
        }
      }
    }
  }
  return { patches, grid };
}
