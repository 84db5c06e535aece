/**
 * @module
 * Resampling, bitwise identical to Pillow's: a filter widened when shrinking, weights of 22 fractional bits,
 * one axis after the other, and 8-bit values between the two passes.
 */
import { pixelKernel } from "./pixel-kernel.ts";
import { type Resampler, type Taps, WEIGHT_BITS } from "./resampler.ts";
import type { RgbImage } from "./rgb-image.ts";
import { scalarResampler } from "./scalar-resampler.ts";
import { vectorResampler } from "./vector-resampler.ts";

/** A resampling filter. */
export interface ResizeFilter {
  /** Distance, in pixels of the coarser image, from which on the kernel is 0. */
  readonly support: number;
  /** Weight at a distance. */
  readonly kernel: (distance: number) => number;
}

/** The weights of each of `outSize` positions over `inSize`. */
function taps({ support: reach, kernel }: ResizeFilter, inSize: number, outSize: number): Taps {
  const scale = inSize / outSize;
  const filterScale = Math.max(scale, 1);
  const support = reach * filterScale;
  const stride = Math.ceil(support) * 2 + 1;
  const first = new Int32Array(outSize);
  const count = new Int32Array(outSize);
  const weights = new Int32Array(outSize * stride);
  const row = new Float64Array(stride);
  const inverse = 1 / filterScale;
  for (let i = 0; i < outSize; i++) {
    const center = (i + 0.5) * scale;
    const start = Math.max(0, Math.trunc(center - support + 0.5));
    const size = Math.min(inSize, Math.trunc(center + support + 0.5)) - start;
    let sum = 0;
    for (let k = 0; k < size; k++) {
      row[k] = kernel((k + start - center + 0.5) * inverse);
      sum += row[k]!;
    }
    for (let k = 0; k < size; k++) {
      const fixed = (sum === 0 ? row[k]! : row[k]! / sum) * 2 ** WEIGHT_BITS;
      weights[i * stride + k] = Math.trunc(fixed < 0 ? fixed - 0.5 : fixed + 0.5);
    }
    first[i] = start;
    count[i] = size;
  }
  return { first, count, weights, stride };
}

/**
 * The image at another size; an axis whose size stays is not touched.
 *
 * Pillow 13 resamples the height first when it loses more than twice the rows than it loses columns (measured,
 * `fixtures/model-files`); Pillow 12 and older always start with the width. The order can change a value by a
 * few levels, because of the rounding in between.
 *
 * @param resampler how the loops are run; every one gives the same bytes
 */
export function resize(
  image: RgbImage,
  width: number,
  height: number,
  filter: ResizeFilter,
  resampler: Resampler = fastestResampler(),
): RgbImage {
  const resizeWidth = (from: RgbImage) =>
    from.width === width ? from : resampler.width(from, taps(filter, from.width, width));
  const resizeHeight = (from: RgbImage) =>
    from.height === height ? from : resampler.height(from, taps(filter, from.height, height));
  const heightFirst = image.height - height > 2 * Math.max(0, image.width - width);
  return heightFirst ? resizeWidth(resizeHeight(image)) : resizeHeight(resizeWidth(image));
}

function fastestResampler(): Resampler {
  const kernel = pixelKernel();
  return kernel === undefined ? scalarResampler : vectorResampler(kernel);
}
