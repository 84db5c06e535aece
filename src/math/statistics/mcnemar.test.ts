import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { NumericError, ShapeError } from "../../errors/index.ts";
import { type Recorded, recordedNumber, statisticsCases } from "../../testing/statistics-fixtures.ts";
import { mcnemarChiSquare, mcnemarExact } from "./mcnemar.ts";
import { type PairedTable, pairedTable } from "./paired-table.ts";

interface Case {
  readonly table: PairedTable;
  readonly exact: { readonly statistic: number; readonly pValue: number };
  readonly chiSquare: { readonly statistic: Recorded; readonly pValue: Recorded };
}

const table = (onlyFirst: number, onlySecond: number): PairedTable => ({
  both: 3,
  onlyFirst,
  onlySecond,
  neither: 5,
});

describe("McNemar's test", () => {
  test("of 8 against 1 by hand: 2·(1 + 9)/2⁹ and (7 − 1)²/9", () => {
    expect(mcnemarExact(table(8, 1)).statistic).toBe(1);
    expect(mcnemarExact(table(8, 1)).pValue).toBeCloseTo(20 / 512, 12);
    expect(mcnemarChiSquare(table(8, 1)).statistic).toBeCloseTo(4, 12);
  });

  test.each(statisticsCases<Case>("mcnemar"))(
    "is statsmodels', $table.onlyFirst against $table.onlySecond",
    ({ table, exact, chiSquare }) => {
      const ours = mcnemarExact(table);
      expect([ours.statistic, ours.pValue]).toBeAllclose([exact.statistic, exact.pValue], {
        rtol: 1e-10,
        atol: 0,
      });
      const approximate = mcnemarChiSquare(table);
      const recorded = [chiSquare.statistic, chiSquare.pValue].map(recordedNumber);
      // statsmodels divides 0 by 0 if no problem distinguishes the models.
      const expected = table.onlyFirst + table.onlySecond === 0 ? [0, 1] : recorded;
      expect([approximate.statistic, approximate.pValue]).toBeAllclose(expected, { rtol: 1e-10, atol: 0 });
    },
  );

  test("does not look at the order of the models nor at problems alike for both", () => {
    fc.assert(
      fc.property(fc.nat(200), fc.nat(200), fc.nat(1000), (b, c, alike) => {
        for (const run of [mcnemarExact, mcnemarChiSquare]) {
          const { pValue } = run(table(b, c));
          expect(run(table(c, b)).pValue).toBe(pValue);
          expect(run({ both: alike, onlyFirst: b, onlySecond: c, neither: 0 }).pValue).toBe(pValue);
          expect(pValue > 0 && pValue <= 1).toBe(true);
        }
      }),
    );
  });

  test("rejects invalid counts", () => {
    expect(() => mcnemarExact(table(-1, 2))).toThrow("onlyFirst: expected an integer ≥ 0, got -1");
    expect(() => mcnemarChiSquare(table(1, 0.5))).toThrow(NumericError);
  });
});

describe("pairedTable", () => {
  test("counts problems by who is right", () => {
    expect(pairedTable([1, 1, 0, 0, 1], [1, 0, 0, 1, 0])).toEqual({
      both: 1,
      onlyFirst: 2,
      onlySecond: 1,
      neither: 1,
    });
    expect(pairedTable([], [])).toEqual({ both: 0, onlyFirst: 0, onlySecond: 0, neither: 0 });
  });

  test("rejects lists of different length and scores between right and wrong", () => {
    expect(() => pairedTable([1], [1, 0])).toThrow(ShapeError);
    expect(() => pairedTable([1, 0], [1, 0.5])).toThrow("second[1]: expected 0 or 1, got 0.5");
  });
});
