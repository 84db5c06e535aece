/**
 * @module
 * Pixels to the rows that the vision tower reads: normalised, and ordered by merge block.
 */
import type { ImageGrid } from "./image-grid.ts";
import type { PatchCutter } from "./patch-cutter.ts";
import { pixelKernel } from "./pixel-kernel.ts";
import type { ProcessorConfig } from "./processor-config.ts";
import type { RgbImage } from "./rgb-image.ts";
import { scalarPatchCutter } from "./scalar-patch-cutter.ts";
import { vectorPatchCutter } from "./vector-patch-cutter.ts";

type Scaling = Pick<ProcessorConfig, "rescaleFactor" | "mean" | "std">;

/** `[256]` what every value that a channel can take becomes. */
export type Normalise = (channel: 0 | 1 | 2, config: Scaling) => Float32Array;

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
 * @param cut how the loops are run; every one gives the same numbers
 * @returns `[n × (C·Tp·p·p)]`, a row per patch: temporal patches in order, in each the blocks of m x m patches row
 *   by row, within a block row by row; within a patch channel, frame, row, column
 */
export function cutPatches(
  frames: readonly RgbImage[],
  config: Scaling & Pick<ProcessorConfig, "patchSize" | "mergeSize" | "temporalPatchSize">,
  normalise: Normalise,
  cut: PatchCutter = fastestCutter(),
): { readonly patches: Float32Array; readonly grid: ImageGrid } {
  const { patchSize, mergeSize, temporalPatchSize } = config;
  const [{ width, height }] = frames as [RgbImage];
  const times = frames.length / temporalPatchSize;
  const tables = [normalise(0, config), normalise(1, config), normalise(2, config)] as const;
  const size = width * height * 3 * temporalPatchSize;
  const patches = new Float32Array(times * size);
  for (let time = 0; time < times; time++) {
    const shown = frames.slice(time * temporalPatchSize, (time + 1) * temporalPatchSize);
    const task = { frames: shown, patchSize, mergeSize, tables };
    cut(task, patches.subarray(time * size, (time + 1) * size));
  }
  return { patches, grid: [times, height / patchSize, width / patchSize] };
}

function fastestCutter(): PatchCutter {
  const kernel = pixelKernel();
  return kernel === undefined ? scalarPatchCutter : vectorPatchCutter(kernel);
}
