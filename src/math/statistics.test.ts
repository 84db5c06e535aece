import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { NumericError, ShapeError } from "../errors/index.ts";
import {
  effectiveSampleSize,
  mean,
  pairedDifference,
  quantile,
  studentInterval,
  variance,
  wilsonInterval,
} from "./statistics.ts";

describe("mean and variance", () => {
  test("run over what the mask keeps", () => {
    expect(mean([1, Number.NaN, 5], [1, 0, 1])).toBe(3);
    expect(variance([1, Number.NaN, 5], [1, 0, 1])).toBe(8);
    expect(variance([1, 2, 3, 4])).toBeCloseTo(5 / 3, 12);
  });

  test("are 0 where nothing can be said", () => {
    expect(mean([])).toBe(0);
    expect(mean([3], [0])).toBe(0);
    expect(variance([3])).toBe(0);
  });

  test("reject a mask of another length", () => {
    expect(() => mean([1, 2], [1])).toThrow(ShapeError);
  });
});

describe("quantile", () => {
  test("interpolates between order statistics", () => {
    expect(quantile([4, 1, 3, 2], 0.5)).toBe(2.5);
    expect(quantile([4, 1, 3, 2], 0.25)).toBe(1.75);
    expect(quantile([4, 1, 3, 2], 1)).toBe(4);
    expect(quantile([9, 1, 3], 1, [0, 1, 1])).toBe(3);
    expect(quantile([], 0.5)).toBeNaN();
  });

  test("is an order statistic where level·(n − 1) is whole, whatever the product in doubles", () => {
    const values = Array.from({ length: 101 }, (_, i) => i / 7);
    for (let i = 0; i <= 100; i++) expect(quantile(values, i / 100)).toBe(i / 7);
    expect(quantile([0, Infinity], 0)).toBe(0);
  });

  test("rejects a level outside [0, 1]", () => {
    expect(() => quantile([1], 1.5)).toThrow(NumericError);
  });
});

describe("effectiveSampleSize", () => {
  test("is the count for equal weights and 1 for a single one", () => {
    expect(effectiveSampleSize([2, 2, 2])).toBe(3);
    expect(effectiveSampleSize([0, 5, 0])).toBe(1);
    expect(effectiveSampleSize([3, 1])).toBe(1.6);
    expect(effectiveSampleSize([0, 0])).toBe(0);
  });

  test("lies between 1 and the count", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0.01, max: 10, noNaN: true }), { minLength: 1 }), (weights) => {
        const size = effectiveSampleSize(weights);
        expect(size).toBeGreaterThan(1 - 1e-9);
        expect(size).toBeLessThan(weights.length + 1e-9);
      }),
    );
  });
});

describe("wilsonInterval", () => {
  test("has the textbook bounds", () => {
    const { low, high } = wilsonInterval(5, 10);
    expect(low).toBeCloseTo(0.236593, 6);
    expect(high).toBeCloseTo(0.763407, 6);
    expect(wilsonInterval(0, 10).high).toBeCloseTo(0.277533, 6);
  });

  test("stays within [0, 1] around the share", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 500 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (n, share) => {
          const successes = Math.round(share * n);
          const { low, estimate, high } = wilsonInterval(successes, n);
          expect(0 <= low && low <= estimate && estimate <= high && high <= 1).toBe(true);
        },
      ),
    );
  });

  test("says nothing about nothing and rejects impossible counts", () => {
    expect(wilsonInterval(0, 0)).toEqual({ estimate: Number.NaN, low: 0, high: 1 });
    expect(() => wilsonInterval(3, 2)).toThrow(NumericError);
    expect(() => wilsonInterval(0.5, 2)).toThrow(NumericError);
    expect(() => wilsonInterval(1, 2, 1)).toThrow(NumericError);
  });
});

describe("studentInterval", () => {
  test("of three values uses two degrees of freedom", () => {
    const { estimate, low, high } = studentInterval([1, 2, 3]);
    expect(estimate).toBe(2);
    expect(low).toBeCloseTo(2 - 4.302652729911275 / Math.sqrt(3), 9);
    expect(high).toBeCloseTo(2 + 4.302652729911275 / Math.sqrt(3), 9);
  });

  test("of one value is infinite, of none an error", () => {
    expect(studentInterval([4])).toEqual({ estimate: 4, low: -Infinity, high: Infinity });
    expect(() => studentInterval([])).toThrow(NumericError);
  });
});

describe("pairedDifference", () => {
  test("is the interval of the differences", () => {
    const paired = pairedDifference([5, 7, 9], [4, 5, 6]);
    expect(paired.pairs).toBe(3);
    expect(paired.standardError).toBeCloseTo(1 / Math.sqrt(3), 12);
    expect(paired).toMatchObject(studentInterval([1, 2, 3]));
  });

  test("rejects lists of different length", () => {
    expect(() => pairedDifference([1], [1, 2])).toThrow(ShapeError);
  });
});
