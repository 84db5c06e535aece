import { describe, expect, test } from "vitest";
import { NumericError } from "../errors/index.ts";
import {
  blockSizeOf,
  type QuantisedMatrix,
  quantise,
  quantisedBytes,
  ZERO_CODE,
} from "./quantised-matrix.ts";

/** s·q of every entry, and its scale. */
function restored({ rows, columns, blockSize, codes, scales }: QuantisedMatrix) {
  const blocks = Math.ceil(columns / blockSize);
  const values: { value: number; scale: number }[] = [];
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const block = row * blocks + Math.floor(column / blockSize);
      const scale = scales[block]!;
      values.push({ value: scale * (codes[block * blockSize + (column % blockSize)]! - ZERO_CODE), scale });
    }
  }
  return values;
}

/** Numbers of very different sizes, of both signs. */
const wild = (count: number) =>
  Float32Array.from({ length: count }, (_, i) => Math.sin(7 * i + 1) * 10 ** ((i * 5) % 9));

describe("quantise", () => {
  test("gives whole numbers from -127 to 127, halves rounded up, and the scale that makes the largest of them", () => {
    const weights = Float32Array.of(254, -254, 3, -3, 1, 0.5, ...new Array(10).fill(0));
    const { codes, scales, blockSize } = quantise(weights, 1, 16);
    expect(blockSize).toBe(16);
    expect([...scales]).toEqual([2]);
    expect([...codes.subarray(0, 6)].map((code) => code - ZERO_CODE)).toEqual([127, -127, 2, -1, 1, 0]);
  });

  test.each([
    [3, 16],
    [5, 24],
    [2, 128],
    [4, 200],
    [1, 1],
  ])("is no further than half a scale from each weight of %i x %i", (rows, columns) => {
    const weights = wild(rows * columns);
    const found = restored(quantise(weights, rows, columns));
    expect(found).toHaveLength(weights.length);
    for (const [i, { value, scale }] of found.entries()) {
      expect(Math.abs(value - weights[i]!)).toBeLessThanOrEqual(scale * (0.5 + 1e-5));
    }
  });

  test("scales each block by itself: a large weight leaves the other blocks as they were", () => {
    const weights = wild(256).map((weight) => weight % 1);
    const before = quantise(weights, 1, 256);
    weights[0] = 1e6;
    const after = quantise(weights, 1, 256);
    expect(after.scales[0]).not.toBe(before.scales[0]);
    expect(after.scales[1]).toBe(before.scales[1]);
    expect(after.codes.subarray(128)).toEqual(before.codes.subarray(128));
  });

  test("makes zeros of zeros, and fills the last block of a row up with them", () => {
    const { codes, scales } = quantise(new Float32Array(2 * 24), 2, 24);
    expect(new Set(codes)).toEqual(new Set([ZERO_CODE]));
    expect([...scales]).toEqual([0, 0]);
    const filled = quantise(new Float32Array(24).fill(1), 1, 24);
    expect([...filled.codes.subarray(24)]).toEqual(new Array(8).fill(ZERO_CODE));
  });

  test.each([Number.NaN, Infinity, -Infinity])("names the weight that is %s", (value) => {
    const weights = new Float32Array(40).fill(1);
    weights[37] = value;
    expect(() => quantise(weights, 2, 20)).toThrow(NumericError);
    expect(() => quantise(weights, 2, 20)).toThrow(
      `quantise: weight 37: expected a finite number, got ${value}`,
    );
  });
});

test("blocks are powers of two from 16 to 128, and bytes are the sum of codes and scales", () => {
  expect([1, 16, 17, 64, 100, 128, 4096].map(blockSizeOf)).toEqual([16, 16, 32, 64, 128, 128, 128]);
  for (const [rows, columns] of [
    [3, 24],
    [2, 200],
  ] as const) {
    const { codes, scales } = quantise(new Float32Array(rows * columns), rows, columns);
    expect(quantisedBytes(rows, columns)).toBe(codes.byteLength + scales.byteLength);
  }
});
