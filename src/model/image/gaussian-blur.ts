/**
 * @module
 * Gaussian blur, bitwise identical to Pillow's `GaussianBlur`: three box blurs along each axis, whose edges
 * have a fractional weight. It computes in fixed point, with 8-bit values in between. Beyond its border an image
 * repeats its outermost pixels. Source: Gwosdek, Grewenig, Bruhn and Weickert, "Theoretical Foundations of Gaussian
 * Convolution by Extended Box Filtering", 2011.
 */
import type { RgbImage } from "./rgb-image.ts";

const CHANNELS = 3;
const PASSES = 3;
const FRACTION_BITS = 24;

/** Radius of the box whose three-fold repetition has the variance of a Gaussian, in single precision as in Pillow. */
function boxRadius(deviation: number): number {
  const f = Math.fround;
  const variance = f(f(deviation * deviation) / PASSES);
  const length = f(Math.sqrt(12 * variance + 1));
  const whole = f(Math.floor((length - 1) / 2));
  const excess = f(f(2 * whole + 1) * f(f(whole * f(whole + 1)) - f(3 * variance)));
  return f(whole + f(excess / f(6 * f(variance - f(f(whole + 1) * f(whole + 1))))));
}

/** One box blur of a line of `length` pixels, `step` numbers apart; `line` is room for one channel of it. */
function blurLine(
  data: Uint8Array,
  start: number,
  step: number,
  length: number,
  line: Uint8Array,
  box: { readonly radius: number; readonly whole: number; readonly edge: number },
): void {
  const { radius, whole, edge } = box;
  for (let i = 0; i < length; i++) line[i] = data[start + i * step]!;
  const last = length - 1;
  const at = (i: number) => line[Math.max(0, Math.min(i, last))]!;
  let sum = 0;
  for (let i = -radius - 1; i < radius; i++) sum += at(i);
  for (let i = 0; i < length; i++) {
    sum += at(i + radius) - at(i - radius - 1);
    const fixed = sum * whole + (at(i - radius - 1) + at(i + radius + 1)) * edge;
    data[start + i * step] = Math.floor((fixed + 2 ** (FRACTION_BITS - 1)) / 2 ** FRACTION_BITS);
  }
}

/**
 * The image, blurred.
 *
 * @param deviation standard deviation in pixels, at least 0: Pillow's `radius`
 */
export function gaussianBlur({ width, height, data }: RgbImage, deviation: number): RgbImage {
  const blurred = data.slice();
  const radius = boxRadius(deviation);
  const inner = Math.trunc(radius);
  const whole = Math.trunc(Math.fround(2 ** FRACTION_BITS / Math.fround(Math.fround(radius * 2) + 1)));
  const edge = Math.trunc((2 ** FRACTION_BITS - (2 * inner + 1) * whole) / 2);
  const box = { radius: inner, whole, edge };
  const line = new Uint8Array(Math.max(width, height));
  if (deviation === 0) return { width, height, data: blurred };
  for (let pass = 0; pass < PASSES; pass++) {
    for (let y = 0; y < height; y++) {
      for (let c = 0; c < CHANNELS; c++) {
        blurLine(blurred, y * width * CHANNELS + c, CHANNELS, width, line, box);
      }
    }
  }
  for (let pass = 0; pass < PASSES; pass++) {
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < CHANNELS; c++) {
        blurLine(blurred, x * CHANNELS + c, width * CHANNELS, height, line, box);
      }
    }
  }
  return { width, height, data: blurred };
}
