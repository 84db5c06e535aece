import { describe, expect, test } from "vitest";
import { NumericError } from "../../errors/index.ts";
import { Rng } from "../random.ts";
import { pairedDifference } from "./paired-difference.ts";
import { detectableDifference } from "./power.ts";

describe("detectableDifference", () => {
  test("is the formula on paper", () => {
    // t with 11 degrees of freedom: 2.2010 and 0.8755.
    expect(detectableDifference(1.1, 12)).toBeCloseTo(((2.201 + 0.8755) * 1.1) / Math.sqrt(12), 3);
    expect(detectableDifference(0, 5)).toBe(0);
  });

  test("is found by the test as often as it says", () => {
    const rng = new Rng(4);
    const effect = detectableDifference(1, 12);
    let found = 0;
    for (let i = 0; i < 3_000; i++) {
      const first = Array.from({ length: 12 }, () => rng.normal(effect, 1));
      if (pairedDifference(first, new Float64Array(12)).pValue < 0.05) found++;
    }
    // Four standard deviations of a share of 3,000 at 0.8 are 0.029.
    expect(Math.abs(found / 3_000 - 0.8)).toBeLessThan(0.03);
  });

  test("falls with more pairs and grows with the deviation", () => {
    expect(detectableDifference(1, 20)).toBeLessThan(detectableDifference(1, 10));
    expect(detectableDifference(2, 10)).toBeCloseTo(2 * detectableDifference(1, 10), 12);
  });

  test.each([
    [-1, 5],
    [Number.NaN, 5],
    [1, 1],
    [1, 2.5],
  ])("a deviation of %d over %d pairs is refused", (deviation, pairs) => {
    expect(() => detectableDifference(deviation, pairs)).toThrow(NumericError);
  });

  test("a power that chance alone has is refused, since its difference would be below 0", () => {
    expect(() => detectableDifference(1, 10, 0.05, 0.025)).toThrow("power: expected a number above 0.025");
    expect(() => detectableDifference(1, 10, 0.05, 1)).toThrow(NumericError);
    expect(() => detectableDifference(1, 10, 0.05, Number.NaN)).toThrow("power");
    expect(detectableDifference(1, 10, 0.05, 0.03)).toBeGreaterThan(0);
  });

  test.each([0, 1, 2, Number.NaN])("a significance of %d is refused by its name", (significance) => {
    expect(() => detectableDifference(1, 10, significance, 0.9)).toThrow(
      `significance: expected a number in (0, 1), got ${significance}`,
    );
  });
});
