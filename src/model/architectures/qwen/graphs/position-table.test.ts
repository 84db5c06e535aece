import fc from "fast-check";
import { expect, test } from "vitest";
import { positionTaps, TAPS } from "./position-table.ts";

/** Entries of one patch with their shares, those without a share left out. */
function taps(
  grid: readonly [number, number],
  side: number,
  patch: number,
): [entry: number, weight: number][] {
  const { entry, weight } = positionTaps(grid, side, 2);
  return Array.from({ length: TAPS }, (_, tap): [number, number] => [
    entry[patch * TAPS + tap]!,
    weight[patch * TAPS + tap]!,
  ]).filter(([, share]) => share > 0);
}

test("a frame as large as the table reads it entry by entry, in blocks of merged patches", () => {
  const read = Array.from({ length: 16 }, (_, patch) => taps([4, 4], 4, patch));
  const entries = [0, 1, 4, 5, 2, 3, 6, 7, 8, 9, 12, 13, 10, 11, 14, 15];
  expect(read).toEqual(entries.map((entry) => [[entry, 1]]));
});

test("between two entries a patch reads both, corners on corners", () => {
  // Places 0, 2/3, 4/3, 2 of a side of three, on both axes: the second patch is 2/3 to the right.
  const read = taps([4, 4], 3, 1);
  expect(read.map(([entry]) => entry)).toEqual([0, 1]);
  expect(read.map(([, weight]) => weight)).toBeAllclose([1 / 3, 2 / 3], { rtol: 1e-6 });
});

test("shares are not negative and sum to one, and no entry is out of the table", () => {
  const length = fc.integer({ min: 1, max: 12 }).map((half) => 2 * half);
  fc.assert(
    fc.property(length, length, fc.integer({ min: 1, max: 20 }), (rows, columns, side) => {
      const { entry, weight } = positionTaps([rows, columns], side, 2);
      for (let patch = 0; patch < rows * columns; patch++) {
        const own = weight.subarray(patch * TAPS, (patch + 1) * TAPS);
        expect(own.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 6);
        expect(Math.min(...own)).toBeGreaterThanOrEqual(0);
      }
      expect(Math.max(...entry)).toBeLessThan(side * side);
      expect(Math.min(...entry)).toBeGreaterThanOrEqual(0);
    }),
    { numRuns: 50 },
  );
});
