import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { NumericError } from "../../errors/index.ts";
import { statisticsCases } from "../../testing/statistics-fixtures.ts";
import { wilsonInterval } from "./wilson.ts";

interface Case {
  readonly right: number;
  readonly n: number;
  readonly level: number;
  readonly low: number;
  readonly high: number;
}

describe("wilsonInterval", () => {
  test("has the textbook bounds", () => {
    const { low, high } = wilsonInterval(5, 10);
    expect(low).toBeCloseTo(0.236593, 6);
    expect(high).toBeCloseTo(0.763407, 6);
    expect(wilsonInterval(0, 10).high).toBeCloseTo(0.277533, 6);
  });

  test.each(statisticsCases<Case>("wilson"))(
    "is statsmodels', $right of $n at $level",
    ({ right, n, level, low, high }) => {
      const interval = wilsonInterval(right, n, level);
      // Near a bound of the scale statsmodels has no more digits than 1 has.
      expect([interval.low, interval.high]).toBeAllclose([low, high], { rtol: 1e-10, atol: 3e-16 });
    },
  );

  test("stays within [0, 1] around the share, mirrors, and is wider at a higher level", () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 1, max: 2 ** 50 })),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (n, share) => {
          const successes = Math.round(share * n);
          const { low, estimate, high } = wilsonInterval(successes, n);
          expect(0 <= low && low <= estimate && estimate <= high && high <= 1).toBe(true);
          const mirrored = wilsonInterval(n - successes, n);
          expect([1 - mirrored.high, 1 - mirrored.low]).toBeAllclose([low, high], { atol: 1e-12 });
          const wider = wilsonInterval(successes, n, 0.99);
          expect(wider.high - wider.low).toBeGreaterThan(high - low);
        },
      ),
    );
  });

  test("knows nothing without trials and rejects impossible counts", () => {
    expect(wilsonInterval(0, 0)).toEqual({ estimate: 0, low: 0, high: 1 });
    expect(() => wilsonInterval(3, 2)).toThrow(NumericError);
    expect(() => wilsonInterval(0.5, 2)).toThrow(NumericError);
    expect(() => wilsonInterval(1, 2, 1)).toThrow(NumericError);
  });
});
