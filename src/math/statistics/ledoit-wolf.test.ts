import { describe, expect, test } from "vitest";
import { ShapeError } from "../../errors/index.ts";
import { ledoitWolf } from "./ledoit-wolf.ts";

describe("ledoitWolf", () => {
  test("can be checked on paper", () => {
    const samples = [
      [1, 0.5],
      [-1, -0.5],
      [1, -0.5],
      [-1, 0.5],
    ];
    const { mean, covariance, shrinkage } = ledoitWolf(samples);
    expect([...mean]).toEqual([0, 0]);
    // S = diag(1, ¼), m = ⅝; d²·2 = 2·(⅜)², b²·2·n² = 4·2·(½)², so s = (8/4)/16 / (9/32) = 4/9.
    expect(shrinkage).toBeCloseTo(4 / 9, 12);
    expect(covariance).toBeAllclose([1 - (4 / 9) * 0.375, 0, 0, 0.25 + (4 / 9) * 0.375]);
  });

  test("of equal samples, and of one, is 0; of a multiple of the identity it shrinks nothing", () => {
    expect([...ledoitWolf([[2, 3]]).covariance]).toEqual([0, 0, 0, 0]);
    expect(
      ledoitWolf([
        [2, 3],
        [2, 3],
      ]),
    ).toEqual({
      mean: Float64Array.of(2, 3),
      covariance: new Float64Array(4),
      shrinkage: 0,
    });
    const cross = ledoitWolf([
      [1, 0],
      [-1, 0],
      [0, 1],
      [0, -1],
    ]);
    expect(cross.shrinkage).toBe(0);
    expect([...cross.covariance]).toEqual([0.5, 0, 0, 0.5]);
  });

  test("rejects no samples and samples of unequal length", () => {
    expect(() => ledoitWolf([])).toThrow(ShapeError);
    expect(() => ledoitWolf([[1, 2], [1]])).toThrow(ShapeError);
  });
});
