/**
 * @module
 * Resampling by the WebAssembly kernel, in parts that fit a few megabytes of its memory for any image.
 */
import { kernelPlaces, type PixelKernel } from "./pixel-kernel.ts";
import type { Resampler, Taps } from "./resampler.ts";
import type { RgbImage } from "./rgb-image.ts";

const CHANNELS = 3;
/** Bytes of input, or of output where that is larger, in the kernel's memory at a time. */
const STRETCH = 4 * 2 ** 20;

function width(kernel: PixelKernel, image: RgbImage, { first, count, weights, stride }: Taps): RgbImage {
  const { height, data } = image;
  const inRow = image.width * CHANNELS;
  const outRow = first.length * CHANNELS;
  const rows = Math.min(height, Math.max(1, Math.floor(STRETCH / Math.max(inRow, outRow))));
  const table = first.byteLength;
  const sizes = [table, table, weights.byteLength, rows * inRow, rows * outRow];
  const [starts, counts, values, input, output] = kernelPlaces(kernel, sizes) as [
    number,
    number,
    number,
    number,
    number,
  ];
  const bytes = new Uint8Array(kernel.memory.buffer);
  new Int32Array(kernel.memory.buffer, starts, first.length).set(first.map((pixel) => pixel * CHANNELS));
  new Int32Array(kernel.memory.buffer, counts, count.length).set(count.map((taps) => taps * 4));
  new Int32Array(kernel.memory.buffer, values, weights.length).set(weights);
  const wide = new Uint8Array(height * outRow);
  for (let y = 0; y < height; y += rows) {
    const part = Math.min(rows, height - y);
    bytes.set(data.subarray(y * inRow, (y + part) * inRow), input);
    for (let r = 0; r < part; r++) {
      const to = output + r * outRow;
      kernel.line(input + r * inRow, to, to + outRow, starts, counts, values, stride * 4);
    }
    wide.set(bytes.subarray(output, output + part * outRow), y * outRow);
  }
  return { width: first.length, height, data: wide };
}

function height(kernel: PixelKernel, image: RgbImage, { first, count, weights, stride }: Taps): RgbImage {
  const { data } = image;
  const row = image.width * CHANNELS;
  const tallest = Math.max(image.height, first.length);
  const strip = Math.min(row, Math.max(8, Math.floor(STRETCH / tallest)));
  const sizes = [weights.byteLength, image.height * strip, first.length * strip];
  const [values, input, output] = kernelPlaces(kernel, sizes) as [number, number, number];
  const bytes = new Uint8Array(kernel.memory.buffer);
  new Int32Array(kernel.memory.buffer, values, weights.length).set(weights);
  const tall = new Uint8Array(first.length * row);
  for (let left = 0; left < row; left += strip) {
    const part = Math.min(strip, row - left);
    if (part === row) bytes.set(data, input);
    else {
      for (let y = 0; y < image.height; y++) {
        bytes.set(data.subarray(y * row + left, y * row + left + part), input + y * part);
      }
    }
    // Rows are written in order, so what one writes after its end is overwritten by the next.
    for (let i = 0; i < first.length; i++) {
      const from = input + first[i]! * part;
      const weight = values + i * stride * 4;
      kernel.blend(from, from + part, part, weight, weight + count[i]! * 4, output + i * part);
    }
    if (part === row) tall.set(bytes.subarray(output, output + tall.length));
    else {
      for (let i = 0; i < first.length; i++) {
        tall.set(bytes.subarray(output + i * part, output + (i + 1) * part), i * row + left);
      }
    }
  }
  return { width: image.width, height: first.length, data: tall };
}

/** The resampler that works in a kernel's memory. */
export function vectorResampler(kernel: PixelKernel): Resampler {
  return {
    width: (image, taps) => width(kernel, image, taps),
    height: (image, taps) => height(kernel, image, taps),
  };
}
