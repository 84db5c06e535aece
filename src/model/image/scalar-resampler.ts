/**
 * @module
 * Resampling in plain loops: the reference for `vector-resampler.ts`, and its replacement where it cannot
 * run.
 */
import { type Resampler, type Taps, WEIGHT_BITS } from "./resampler.ts";
import type { RgbImage } from "./rgb-image.ts";

const CHANNELS = 3;
const HALF = 2 ** (WEIGHT_BITS - 1);

/** Every row becomes `width` pixels. */
function width({ width: from, height, data }: RgbImage, taps: Taps): RgbImage {
  const { first, count, weights, stride } = taps;
  const width = first.length;
  const wide = new Uint8ClampedArray(width * height * CHANNELS);
  let out = 0;
  for (let y = 0; y < height; y++) {
    const row = y * from * CHANNELS;
    for (let i = 0; i < width; i++, out += CHANNELS) {
      let red = HALF;
      let green = HALF;
      let blue = HALF;
      let at = row + first[i]! * CHANNELS;
      const start = i * stride;
      const end = start + count[i]!;
      for (let k = start; k < end; k++, at += CHANNELS) {
        const weight = weights[k]!;
        red = (red + Math.imul(data[at]!, weight)) | 0;
        green = (green + Math.imul(data[at + 1]!, weight)) | 0;
        blue = (blue + Math.imul(data[at + 2]!, weight)) | 0;
      }
      wide[out] = red >> WEIGHT_BITS;
      wide[out + 1] = green >> WEIGHT_BITS;
      wide[out + 2] = blue >> WEIGHT_BITS;
    }
  }
  return { width, height, data: new Uint8Array(wide.buffer) };
}

/** Every column becomes `height` pixels; whole rows are added up, four at a time, as memory has them. */
function height({ width, data }: RgbImage, taps: Taps): RgbImage {
  const { first, count, weights, stride } = taps;
  const height = first.length;
  const row = width * CHANNELS;
  const tall = new Uint8ClampedArray(row * height);
  const sums = new Int32Array(row);
  for (let i = 0; i < height; i++) {
    sums.fill(HALF);
    for (let k = 0; k < count[i]!; k += 4) {
      // Beyond the last tap weights are 0; the row is then any that exists.
      const weight = (t: number) => (k + t < count[i]! ? weights[i * stride + k + t]! : 0);
      const line = (t: number) => (k + t < count[i]! ? first[i]! + k + t : first[i]!) * row;
      addRows(sums, data, [line(0), line(1), line(2), line(3)], [weight(0), weight(1), weight(2), weight(3)]);
    }
    const out = i * row;
    for (let j = 0; j < row; j++) tall[out + j] = sums[j]! >> WEIGHT_BITS;
  }
  return { width, height, data: new Uint8Array(tall.buffer) };
}

type Four = readonly [number, number, number, number];

/** sums[j] += Σ weight · data[from + j] */
function addRows(sums: Int32Array, data: Uint8Array, [a, b, c, d]: Four, [wa, wb, wc, wd]: Four): void {
  for (let j = 0; j < sums.length; j++) {
    sums[j] =
      (sums[j]! +
        Math.imul(data[a + j]!, wa) +
        Math.imul(data[b + j]!, wb) +
        Math.imul(data[c + j]!, wc) +
        Math.imul(data[d + j]!, wd)) |
      0;
  }
}

export const scalarResampler: Resampler = { width, height };
