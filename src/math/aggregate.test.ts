import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { NumericError } from "../errors/index.ts";
import { type Aggregation, sequenceMean, sequenceSumNorm, tokenMean } from "./aggregate.ts";

const masks = [
  [1, 1, 0],
  [1, 0, 0],
];
const total = (scales: Float64Array[]) =>
  scales.flatMap((row) => [...row]).reduce((sum, scale) => sum + scale, 0);
const plain = (scales: Float64Array[]) => scales.map((row) => [...row]);

describe("aggregation", () => {
  test("token-mean weighs every token of the batch alike", () => {
    expect(plain(tokenMean(masks))).toEqual([
      [1 / 3, 1 / 3, 0],
      [1 / 3, 0, 0],
    ]);
  });

  test("sequence-mean weighs every completion alike", () => {
    expect(plain(sequenceMean(masks))).toEqual([
      [1 / 4, 1 / 4, 0],
      [1 / 2, 0, 0],
    ]);
  });

  test("sequence-sum-norm divides by a constant, or by the most tokens that count in a completion", () => {
    expect(plain(sequenceSumNorm(10)(masks))).toEqual([
      [1 / 20, 1 / 20, 0],
      [1 / 20, 0, 0],
    ]);
    expect(plain(sequenceSumNorm()(masks))[1]).toEqual([1 / 4, 0, 0]);
  });

  test.each<[string, Aggregation]>([
    ["token-mean", tokenMean],
    ["sequence-mean", sequenceMean],
    ["sequence-sum-norm", sequenceSumNorm(7)],
  ])("%s leaves completions without a counted token out of the denominator", (_, aggregate) => {
    expect(plain(aggregate([...masks, [0, 0, 0], []])).slice(0, 2)).toEqual(plain(aggregate(masks)));
    expect(plain(aggregate([[0, 0]]))).toEqual([[0, 0]]);
    expect(aggregate([])).toEqual([]);
  });

  test("the two means have scales that sum to 1, and padding changes no scale of any", () => {
    const mask = fc.array(fc.constantFrom(0, 1), { minLength: 1, maxLength: 6 }).map((rest) => [1, ...rest]);
    fc.assert(
      fc.property(fc.array(mask, { minLength: 1, maxLength: 5 }), (batch) => {
        for (const aggregate of [tokenMean, sequenceMean, sequenceSumNorm()]) {
          const scales = aggregate(batch);
          if (aggregate === tokenMean || aggregate === sequenceMean) expect(total(scales)).toBeCloseTo(1, 12);
          const padded = aggregate(batch.map((row) => [...row, 0, 0]));
          scales.forEach((row, i) => {
            expect(padded[i]!.subarray(0, row.length)).toBeAllclose(row);
          });
        }
      }),
    );
  });

  test("rejects a constant that is not above 0", () => {
    expect(() => sequenceSumNorm(0)).toThrow(NumericError);
    expect(() => sequenceSumNorm(Number.NaN)).toThrow(NumericError);
  });
});
