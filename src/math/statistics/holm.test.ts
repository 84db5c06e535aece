import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { NumericError } from "../../errors/index.ts";
import { statisticsCases } from "../../testing/statistics-fixtures.ts";
import { holm } from "./holm.ts";

interface Case {
  readonly pValues: readonly number[];
  readonly adjusted: readonly number[];
}

describe("holm", () => {
  test("of 0.01, 0.04, 0.03 by hand: 3·0.01, then 2·0.03, which the last may not undercut", () => {
    expect(holm([0.01, 0.04, 0.03])).toBeAllclose([0.03, 0.06, 0.06]);
  });

  test.each(statisticsCases<Case>("holm").map((one, i) => [i, one] as const))(
    "is statsmodels', case %i",
    (_, { pValues, adjusted }) => {
      expect(holm(pValues)).toBeAllclose(adjusted, { rtol: 1e-12, atol: 0 });
    },
  );

  test("keeps the order of the tests, lowers none, and is at most Bonferroni's", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true })), (pValues) => {
        const adjusted = holm(pValues);
        for (const [i, p] of pValues.entries()) {
          expect(adjusted[i]).toBeGreaterThanOrEqual(p);
          expect(adjusted[i]).toBeLessThanOrEqual(Math.min(1, pValues.length * p));
          for (const [j, other] of pValues.entries()) {
            if (p < other) expect(adjusted[i]).toBeLessThanOrEqual(adjusted[j]!);
          }
        }
      }),
    );
  });

  test("rejects what is no probability", () => {
    expect(() => holm([0.1, 1.2])).toThrow("pValues[1]: expected a number in [0, 1], got 1.2");
    expect(() => holm([Number.NaN])).toThrow(NumericError);
  });
});
