import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { NumericError } from "../../errors/index.ts";
import { statisticsCases } from "../../testing/statistics-fixtures.ts";
import { newcombeInterval } from "./newcombe.ts";
import type { PairedTable } from "./paired-table.ts";

interface Case {
  readonly table: PairedTable;
  readonly level: number;
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
}

const tables = fc
  .tuple(fc.nat(300), fc.nat(300), fc.nat(300), fc.nat(300))
  .map(([both, onlyFirst, onlySecond, neither]): PairedTable => ({ both, onlyFirst, onlySecond, neither }));

describe("newcombeInterval", () => {
  // Cavo et al. 2012, complete response before and after consolidation therapy, as printed by contingencytables 3.1.0 for R.
  test("is that of the R package contingencytables: −0.0621, [−0.1186, −0.0046]", () => {
    const { estimate, low, high } = newcombeInterval({ both: 59, onlyFirst: 6, onlySecond: 16, neither: 80 });
    expect([estimate, low, high].map((bound) => bound.toFixed(4))).toEqual(["-0.0621", "-0.1186", "-0.0046"]);
  });

  test.each(statisticsCases<Case>("newcombe").map((one, i) => [i, one] as const))(
    "is the formula in 40 digits, case %i",
    (_, { table, level, estimate, low, high }) => {
      const ours = newcombeInterval(table, level);
      expect([ours.estimate, ours.low, ours.high]).toBeAllclose([estimate, low, high], {
        rtol: 1e-10,
        atol: 1e-14,
      });
    },
  );

  test("stays within [−1, 1] around the difference and mirrors with the order", () => {
    fc.assert(
      fc.property(tables, (table) => {
        const { estimate, low, high } = newcombeInterval(table);
        expect(-1 <= low && low <= estimate && estimate <= high && high <= 1).toBe(true);
        const swapped = newcombeInterval({
          ...table,
          onlyFirst: table.onlySecond,
          onlySecond: table.onlyFirst,
        });
        expect([-swapped.high, -swapped.low]).toBeAllclose([low, high], { atol: 1e-12 });
      }),
    );
  });

  test("knows nothing without problems, and little of models that agree on ten", () => {
    expect(newcombeInterval({ both: 0, onlyFirst: 0, onlySecond: 0, neither: 0 })).toEqual({
      estimate: 0,
      low: -1,
      high: 1,
    });
    const { low, high } = newcombeInterval({ both: 10, onlyFirst: 0, onlySecond: 0, neither: 0 });
    expect(high).toBeGreaterThan(0.2);
    expect(low).toBeLessThan(-0.2);
  });

  test("rejects invalid counts", () => {
    expect(() => newcombeInterval({ both: 1.5, onlyFirst: 0, onlySecond: 0, neither: 0 })).toThrow(
      NumericError,
    );
  });
});
