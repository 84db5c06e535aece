import * as fc from "fast-check";
import { expect, test } from "vitest";
import { smoothed } from "./smoothing.ts";

test("two values by hand: the first is unchanged, the second is their weighted mean", () => {
  expect(smoothed([1, 4], 0.5)).toEqual([1, (0.25 * 1 + 0.5 * 4) / 0.75]);
});

test("holes stay holes, and values after them continue from values before", () => {
  expect(smoothed([2, null, 2], 0.9)[1]).toBeNull();
  expect(smoothed([2, null, 2], 0.9)[2]).toBeCloseTo(2, 12);
});

test("a constant stays itself, β 0 changes nothing, and nothing leaves the range of the values", () => {
  const values = fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(values, fc.double({ min: 0, max: 0.98, noNaN: true }), (given, beta) => {
      // As numbers: the sign of a zero may go.
      expect(smoothed(given, 0)).toBeAllclose(given, { rtol: 0, atol: 0 });
      const low = Math.min(...given) - 1e-9;
      const high = Math.max(...given) + 1e-9;
      for (const value of smoothed(given, beta)) {
        expect(value).toBeGreaterThanOrEqual(low);
        expect(value).toBeLessThanOrEqual(high);
      }
    }),
  );
});
