import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { NumericError } from "../../errors/index.ts";
import { statisticsCases } from "../../testing/statistics-fixtures.ts";
import { Rng } from "../random.ts";
import { bootstrapIntervals } from "./bootstrap.ts";

interface Case {
  readonly values: readonly number[];
  readonly level: number;
  readonly percentile: readonly [number, number];
  readonly bca: readonly [number, number];
  /** `[resamples][n]` indices that scipy drew, one character each. */
  readonly drawn: string;
}

/** Draws the recorded indices, in their order. */
function replayed(drawn: string): Pick<Rng, "integer"> {
  let at = 0;
  return { integer: () => Number.parseInt(drawn[at++]!, 12) };
}

describe("the bootstrap", () => {
  const meanOf =
    (values: readonly number[]) =>
    (weights: Float64Array): number[] => [
      values.reduce((sum, value, i) => sum + weights[i]! * value, 0) / values.length,
    ];

  test("of a mean comes to the normal interval where units are many", () => {
    const rng = new Rng(1);
    const values = Array.from({ length: 400 }, () => rng.normal(3, 2));
    const centre = values.reduce((sum, value) => sum + value, 0) / 400;
    const [interval] = bootstrapIntervals(400, meanOf(values), new Rng(2), { resamples: 4000 });
    expect(interval!.estimate).toBeCloseTo(centre, 12);
    expect(interval!.high - interval!.low).toBeCloseTo(2 * 1.96 * (2 / 20), 1);
    expect(interval!.low).toBeLessThan(centre);
    expect(interval!.high).toBeGreaterThan(centre);
  });

  test("of one unit has no width, and of equal units neither", () => {
    expect(bootstrapIntervals(1, meanOf([7]), new Rng(0))).toEqual([{ estimate: 7, low: 7, high: 7 }]);
    expect(bootstrapIntervals(3, meanOf([2, 2, 2]), new Rng(0))).toEqual([{ estimate: 2, low: 2, high: 2 }]);
  });

  test("draws as many units as there are, the same for the same seed", () => {
    const drawn: number[] = [];
    const statistic = (weights: Float64Array) => {
      drawn.push(weights.reduce((sum, weight) => sum + weight, 0));
      return meanOf([1, 5, 9])(weights);
    };
    const first = bootstrapIntervals(3, statistic, new Rng(4), { resamples: 50 });
    expect(new Set(drawn)).toEqual(new Set([3]));
    expect(bootstrapIntervals(3, meanOf([1, 5, 9]), new Rng(4), { resamples: 50 })).toEqual(first);
    expect(bootstrapIntervals(3, meanOf([1, 5, 9]), new Rng(5), { resamples: 50 })).not.toEqual(first);
  });

  test("leaves out draws that do not define a number, and has no bounds where none does", () => {
    const [half, never] = bootstrapIntervals(2, ([a]) => [a === 0 ? Number.NaN : 1, Number.NaN], new Rng(0));
    expect(half).toEqual({ estimate: 1, low: 1, high: 1 });
    expect(never!.low).toBeNaN();
    expect(bootstrapIntervals(0, () => [Number.NaN], new Rng(0))[0]!.high).toBeNaN();
  });

  describe.each(["percentile", "bca"] as const)("by %s", (method) => {
    test.each(statisticsCases<Case>("bootstrap").map((one, i) => [i, one] as const))(
      "is scipy's from the same resamples, case %i",
      (_, one) => {
        const { values, level, drawn } = one;
        const resamples = drawn.length / values.length;
        const options = { resamples, level, method };
        const [interval] = bootstrapIntervals(values.length, meanOf(values), replayed(drawn), options);
        expect([interval!.low, interval!.high]).toBeAllclose(one[method], { rtol: 1e-10, atol: 1e-14 });
      },
    );

    test("never leaves the scale of the values", () => {
      const score = fc.integer({ min: 0, max: 8 }).map((eighths) => eighths / 8);
      fc.assert(
        fc.property(fc.array(score, { minLength: 1, maxLength: 12 }), fc.nat(), (values, seed) => {
          const options = { resamples: 60, level: 0.999, method };
          const [interval] = bootstrapIntervals(values.length, meanOf(values), new Rng(seed), options);
          expect(interval!.low).toBeGreaterThanOrEqual(Math.min(...values));
          expect(interval!.high).toBeLessThanOrEqual(Math.max(...values));
          expect(interval!.low).toBeLessThanOrEqual(interval!.high);
        }),
      );
    });
  });

  test("by bca moves both bounds towards the long tail", () => {
    const values = [...new Array<number>(40).fill(1), 0, 0];
    const interval = (method: "percentile" | "bca") =>
      bootstrapIntervals(42, meanOf(values), new Rng(0), { resamples: 4000, method })[0]!;
    expect(interval("bca").low).toBeLessThan(interval("percentile").low);
    expect(interval("bca").high).toBeLessThanOrEqual(interval("percentile").high);
  });

  test("by bca takes draws for ties that are equal on paper: thirds are as their threefold", () => {
    const options = { resamples: 300, method: "bca" } as const;
    const [whole] = bootstrapIntervals(5, meanOf([1, 2, 3, 3, 0]), new Rng(1), options);
    const [thirds] = bootstrapIntervals(5, meanOf([1 / 3, 2 / 3, 1, 1, 0]), new Rng(1), options);
    expect([3 * thirds!.low, 3 * thirds!.high]).toBeAllclose([whole!.low, whole!.high]);
  });

  test("by bca takes the greatest draw past the pole of its correction: one outlier, a ≈ 1/6, z > 6", () => {
    const values = [...new Array<number>(199).fill(0), 200];
    const draws: number[] = [];
    const statistic = (weights: Float64Array) => {
      if (weights.some((weight) => weight > 1)) draws.push(weights[199]!);
      return meanOf(values)(weights);
    };
    const options = { method: "bca", level: 1 - 1e-11, resamples: 50 } as const;
    const [interval] = bootstrapIntervals(200, statistic, new Rng(0), options);
    expect(interval!.high).toBe(Math.max(...draws));
    expect(interval!.high).toBeGreaterThan(1);
  });

  test("by bca has an answer where the estimate is outside all draws, and where a unit alone defines it", () => {
    // The estimate, of units once each, is above all draws.
    const least = (weights: Float64Array) => [weights.every((weight) => weight === 1) ? 9 : weights[0]!];
    const [outside] = bootstrapIntervals(6, least, new Rng(0), { method: "bca", resamples: 20 });
    expect(outside!.high).toBeGreaterThanOrEqual(outside!.low);
    const only = ([a]: Float64Array) => [a === 0 ? Number.NaN : 1];
    expect(bootstrapIntervals(2, only, new Rng(0), { method: "bca" })).toEqual([
      { estimate: 1, low: 1, high: 1 },
    ]);
    expect(bootstrapIntervals(0, () => [Number.NaN], new Rng(0), { method: "bca" })[0]!.low).toBeNaN();
  });

  test("refuses to draw nothing", () => {
    expect(() => bootstrapIntervals(1, () => [0], new Rng(0), { resamples: 0 })).toThrow(NumericError);
    expect(() => bootstrapIntervals(1, () => [0], new Rng(0), { level: 1 })).toThrow(NumericError);
  });
});
