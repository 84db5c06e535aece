/**
 * @module
 * Bicubic resampling with the numbers of Pillow, bit for bit: Keys' kernel with a = −0.5, widened when shrinking,
 * weights of 22 fractional bits, one axis after the other, and 8-bit values between the two passes.
 */
import type { RgbImage } from "./rgb-image.ts";

const CHANNELS = 3;
/** 32 bits less 8 of the value and 2 of head room for the kernel's overshoot. */
const PRECISION_BITS = 22;
const A = -0.5;
const SUPPORT = 2;

/** Keys' cubic convolution kernel at distance x. */
function kernel(distance: number): number {
  const x = Math.abs(distance);
  if (x < 1) return ((A + 2) * x - (A + 3)) * x * x + 1;
  if (x < 2) return (((x - 5) * x + 8) * x - 4) * A;
  return 0;
}

/** What each output position takes from the input: `count[i]` weights from `first[i]` on, `stride` apart. */
interface Taps {
  readonly first: Int32Array;
  readonly count: Int32Array;
  readonly weights: Int32Array;
  readonly stride: number;
}

function taps(inSize: number, outSize: number): Taps {
  const scale = inSize / outSize;
  const filterScale = Math.max(scale, 1);
  const support = SUPPORT * filterScale;
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
      const fixed = (sum === 0 ? row[k]! : row[k]! / sum) * 2 ** PRECISION_BITS;
      weights[i * stride + k] = Math.trunc(fixed < 0 ? fixed - 0.5 : fixed + 0.5);
    }
    first[i] = start;
    count[i] = size;
  }
  return { first, count, weights, stride };
}

function clip(fixed: number): number {
  const value = fixed >> PRECISION_BITS;
  return Math.max(0, Math.min(255, value));
}

/**
 * Resamples along one axis: `lines` lines of `inSize` pixels become lines of `outSize`. `step` and `lineStep` are
 * the distances, in pixels, of neighbours within a line and between lines, in the input and the output.
 */
function resample(
  input: Uint8Array,
  output: Uint8Array,
  lines: number,
  { first, count, weights, stride }: Taps,
  from: { readonly step: number; readonly lineStep: number },
  to: { readonly step: number; readonly lineStep: number },
): void {
  const half = 2 ** (PRECISION_BITS - 1);
  for (let line = 0; line < lines; line++) {
    for (let i = 0; i < first.length; i++) {
      let red = half;
      let green = half;
      let blue = half;
      let at = (line * from.lineStep + first[i]! * from.step) * CHANNELS;
      const end = i * stride + count[i]!;
      for (let k = i * stride; k < end; k++, at += from.step * CHANNELS) {
        const weight = weights[k]!;
        red += input[at]! * weight;
        green += input[at + 1]! * weight;
        blue += input[at + 2]! * weight;
      }
      const out = (line * to.lineStep + i * to.step) * CHANNELS;
      output[out] = clip(red);
      output[out + 1] = clip(green);
      output[out + 2] = clip(blue);
    }
  }
}

function resizeWidth({ width: from, height, data }: RgbImage, width: number): RgbImage {
  if (width === from) return { width, height, data };
  const wide = new Uint8Array(width * height * CHANNELS);
  resample(data, wide, height, taps(from, width), { step: 1, lineStep: from }, { step: 1, lineStep: width });
  return { width, height, data: wide };
}

function resizeHeight({ width, height: from, data }: RgbImage, height: number): RgbImage {
  if (height === from) return { width, height, data };
  const tall = new Uint8Array(width * height * CHANNELS);
  const along = { step: width, lineStep: 1 };
  resample(data, tall, width, taps(from, height), along, along);
  return { width, height, data: tall };
}

/**
 * The image at another size; an axis whose size stays is not touched.
 *
 * Pillow 13 resamples the height first when it loses more than twice the rows than it loses columns (measured,
 * `fixtures/model-files`); Pillow 12 and older always start with the width. The order can change a value by a
 * few levels, because of the rounding in between.
 */
export function resizeBicubic(image: RgbImage, width: number, height: number): RgbImage {
  const heightFirst = image.height - height > 2 * Math.max(0, image.width - width);
  return heightFirst
    ? resizeWidth(resizeHeight(image, height), width)
    : resizeHeight(resizeWidth(image, width), height);
}
