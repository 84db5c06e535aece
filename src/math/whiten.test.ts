import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { NumericError } from "../errors/index.ts";
import { whiten } from "./whiten.ts";

const row = fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: 2, maxLength: 6 });

describe("whiten", () => {
  test("shifts and scales by mean and unbiased deviation of what counts", () => {
    const [first, second] = whiten(
      [
        [1, 3],
        [5, 99],
      ],
      [
        [1, 1],
        [1, 0],
      ],
      0,
    );
    expect(first!).toBeAllclose([-1, 0]);
    expect(second!).toBeAllclose([1, 0]);
  });

  test("leaves mean 0 and variance 1", () => {
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 4 }), (rows) => {
        const values = rows.flat();
        fc.pre(Math.max(...values) - Math.min(...values) > 0.01);
        const flat = whiten(
          rows,
          rows.map((own) => own.map(() => 1)),
          0,
        ).flatMap((own) => [...own]);
        const mean = flat.reduce((sum, value) => sum + value, 0) / flat.length;
        const variance = flat.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (flat.length - 1);
        expect(mean).toBeCloseTo(0, 9);
        expect(variance).toBeCloseTo(1, 9);
      }),
    );
  });

  test("does not change with a shift or a scale", () => {
    const rows = [
      [1, 4],
      [2, 8, 3],
    ];
    const masks = rows.map((own) => own.map(() => 1));
    const moved = rows.map((own) => own.map((value) => 7 + 3 * value));
    const flat = (list: Float64Array[]) => list.flatMap((own) => [...own]);
    expect(flat(whiten(moved, masks, 0))).toBeAllclose(flat(whiten(rows, masks, 0)));
  });

  test("is 0 for equal numbers, a single one and none", () => {
    expect(whiten([[0.1, 0.1, 0.1]], [[1, 1, 1]], 0).map((own) => [...own])).toEqual([[0, 0, 0]]);
    expect(whiten([[7, Number.NaN]], [[1, 0]]).map((own) => [...own])).toEqual([[0, 0]]);
    expect(whiten([[], [5]], [[], [0]]).map((own) => [...own])).toEqual([[], [0]]);
  });

  test("epsilon is added to the variance: 1, 3 have the variance 2, and 1 / √(2 + 2) = 0.5", () => {
    expect([...whiten([[1, 3]], [[1, 1]], 2)[0]!]).toEqual([-0.5, 0.5]);
  });

  test("a negative epsilon is a NumericError", () => {
    expect(() => whiten([[1]], [[1]], -1)).toThrow(NumericError);
  });
});
