import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { NumericError } from "../../errors/index.ts";
import { statisticsCases } from "../../testing/statistics-fixtures.ts";
import { Rng } from "../random.ts";
import { mcnemarExact } from "./mcnemar.ts";
import { signFlipTest } from "./sign-flip.ts";

interface Case {
  readonly differences: readonly number[];
  /** Of all flips. */
  readonly pValue: number;
  readonly scipy?: number;
}

const cases = statisticsCases<Case>("sign-flip");
const signs = (differences: readonly number[]) => differences.filter((difference) => difference !== 0).length;

describe("signFlipTest", () => {
  test("of 0.5, 0.25, 1, 0.125 counts the two flips of sixteen that reach the sum", () => {
    expect(signFlipTest([0.5, 0.25, 1, 0.125], new Rng(0))).toEqual({
      statistic: 0.46875,
      pValue: 2 / 16,
      method: "exact",
    });
  });

  const exact = cases.filter(({ differences }) => signs(differences) <= 20);
  test.each(exact.map((one, i) => [i, one] as const))("is exact, and scipy's, case %i", (_, one) => {
    const { pValue, method } = signFlipTest(one.differences, new Rng(0));
    expect(method).toBe("exact");
    expect([pValue, pValue]).toBeAllclose([one.pValue, one.scipy ?? one.pValue], { rtol: 1e-12, atol: 0 });
  });

  const drawn = cases.filter(({ differences }) => signs(differences) > 20);
  test.each(drawn.map((one, i) => [i, one] as const))(
    "comes near the exact p-value by draws, case %i",
    (i, one) => {
      const resamples = 20_000;
      const { pValue, method } = signFlipTest(one.differences, new Rng(i), { resamples });
      expect(method).toBe("monte-carlo");
      const deviation = Math.sqrt((one.pValue * (1 - one.pValue)) / resamples);
      expect(Math.abs(pValue - one.pValue)).toBeLessThan(5 * deviation + 2 / resamples);
    },
  );

  test("has cases of both kinds", () => {
    expect(exact.length).toBeGreaterThan(30);
    expect(drawn.length).toBeGreaterThan(5);
  });

  const differences = fc.array(fc.integer({ min: -8, max: 8 }), { maxLength: 14 });

  test("does not look at order, sign of all, scale or zeros", () => {
    fc.assert(
      fc.property(differences, (values) => {
        const p = (list: readonly number[]) => signFlipTest(list, new Rng(0)).pValue;
        const pValue = p(values);
        expect(p(values.toReversed())).toBe(pValue);
        expect(p(values.map((value) => -value))).toBe(pValue);
        expect(p(values.map((value) => value / 10))).toBe(pValue);
        expect(p([0, ...values, 0])).toBe(pValue);
        expect(pValue > 0 && pValue <= 1).toBe(true);
      }),
    );
  });

  test("is McNemar's exact test where differences are −1, 0 and 1", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(-1, 0, 1), { maxLength: 18 }), (values) => {
        const count = (sign: number) => values.filter((value) => value === sign).length;
        const table = { both: count(0), onlyFirst: count(1), onlySecond: count(-1), neither: 0 };
        expect(signFlipTest(values, new Rng(0)).pValue).toBeCloseTo(mcnemarExact(table).pValue, 12);
      }),
    );
  });

  test("draws the same for the same seed, is never 0, and is 1 without differences", () => {
    const one = Array.from({ length: 40 }, () => 1);
    const options = { resamples: 99 };
    expect(signFlipTest(one, new Rng(3), options)).toEqual(signFlipTest(one, new Rng(3), options));
    expect(signFlipTest(one, new Rng(3), options).pValue).toBe(1 / 100);
    expect(signFlipTest([], new Rng(0))).toEqual({ statistic: 0, pValue: 1, method: "exact" });
    expect(signFlipTest([0, 0], new Rng(0)).pValue).toBe(1);
  });

  test("counts all flips of more differences where configured to", () => {
    const values = Array.from({ length: 24 }, (_, i) => (i % 5 === 0 ? -1 : 1));
    const table = { both: 0, onlyFirst: 19, onlySecond: 5, neither: 0 };
    const all = signFlipTest(values, new Rng(0), { exactUpTo: 24 });
    expect(all.method).toBe("exact");
    expect(all.pValue).toBeCloseTo(mcnemarExact(table).pValue, 12);
  });

  test("rejects what is no number, and impossible options", () => {
    expect(() => signFlipTest([1, Infinity], new Rng(0))).toThrow("differences[1]");
    expect(() => signFlipTest([1], new Rng(0), { resamples: 0 })).toThrow(NumericError);
    expect(() => signFlipTest([1], new Rng(0), { exactUpTo: 31 })).toThrow(NumericError);
  });
});
