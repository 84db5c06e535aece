import fc from "fast-check";
import { expect, test } from "vitest";
import { roundDownCount, roundUpCount, roundUpLength } from "./buckets.ts";

const COUNTS = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64];

test("counts are rounded to the nearest 2^k or 3·2^k on either side", () => {
  for (let n = 1; n <= 64; n++) {
    expect(roundUpCount(n)).toBe(COUNTS.find((count) => count >= n));
    expect(roundDownCount(n)).toBe(COUNTS.findLast((count) => count <= n));
  }
  expect([roundUpCount(0), roundDownCount(0), roundDownCount(-3)]).toEqual([1, 0, 0]);
});

test("rounding wastes less than half, and leaves rounded counts alone", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2 ** 30 }), (n) => {
      const [up, down] = [roundUpCount(n), roundDownCount(n)];
      expect(up >= n && up < 1.5 * n + 1 && down <= n && down > n / 2).toBe(true);
      expect([roundUpCount(up), roundDownCount(up), roundUpCount(down)]).toEqual([up, up, down]);
    }),
  );
});

test.each([
  [0, 8],
  [1, 8],
  [8, 8],
  [9, 16],
  [24, 24],
])("a length of %d takes %d slots", (length, slots) => {
  expect(roundUpLength(length)).toBe(slots);
  expect(roundUpLength(length, 1)).toBe(Math.max(1, length));
});
