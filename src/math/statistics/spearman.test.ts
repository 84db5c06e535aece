import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ShapeError } from "../../errors/index.ts";
import { spearman } from "./spearman.ts";

const pairs = fc.array(fc.tuple(fc.integer({ min: -9, max: 9 }), fc.integer({ min: -9, max: 9 })), {
  minLength: 2,
  maxLength: 20,
});

describe("spearman", () => {
  test("is 1 in one order, −1 in the other, and can be checked on paper between", () => {
    expect(spearman([1, 2, 3], [10, 11, 99])).toBe(1);
    expect(spearman([1, 2, 3], [3, 2, 1])).toBe(-1);
    expect(spearman([1, 2, 3], [10, 30, 20])).toBeCloseTo(0.5, 12);
  });

  test("gives ties the mean of their ranks", () => {
    // Ranks 1.5, 1.5, 3 against 1, 2, 3: 1.5 / √(1.5·2).
    expect(spearman([4, 4, 9], [1, 2, 3])).toBeCloseTo(1.5 / Math.sqrt(3), 12);
  });

  test("does not change under what keeps the order, and turns its sign with it", () => {
    fc.assert(
      fc.property(pairs, (rows) => {
        const [a, b] = [rows.map(([own]) => own), rows.map(([, own]) => own)];
        const found = spearman(a, b);
        const grown = spearman(
          a.map((own) => own ** 3 - 5),
          b,
        );
        if (found === undefined) expect(grown).toBeUndefined();
        else {
          expect(grown).toBeCloseTo(found, 12);
          expect(
            spearman(
              a.map((own) => -own),
              b,
            ),
          ).toBeCloseTo(-found, 12);
          expect(Math.abs(found)).toBeLessThanOrEqual(1 + 1e-12);
        }
      }),
    );
  });

  test("says nothing of fewer than two pairs or of a list of one value", () => {
    expect(spearman([], [])).toBeUndefined();
    expect(spearman([1], [1])).toBeUndefined();
    expect(spearman([1, 1], [1, 2])).toBeUndefined();
    expect(() => spearman([1], [1, 2])).toThrow(ShapeError);
  });
});
