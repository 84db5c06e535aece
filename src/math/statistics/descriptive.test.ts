import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { NumericError, ShapeError } from "../../errors/index.ts";
import { effectiveSampleSize, mean, quantile, variance } from "./descriptive.ts";

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

  test("is an order statistic where level·(n − 1) is whole, even if the product in doubles is not", () => {
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
