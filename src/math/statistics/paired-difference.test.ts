import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { NumericError, ShapeError } from "../../errors/index.ts";
import { type Recorded, recordedNumber, statisticsCases } from "../../testing/statistics-fixtures.ts";
import { intervalWithin } from "./interval.ts";
import { pairedDifference } from "./paired-difference.ts";
import { studentInterval } from "./student-interval.ts";

interface Case {
  readonly first: readonly number[];
  readonly second: readonly number[];
  readonly level: number;
  readonly statistic: Recorded;
  readonly pValue: Recorded;
  readonly low: Recorded;
  readonly high: Recorded;
}

describe("studentInterval", () => {
  test("of three values uses two degrees of freedom", () => {
    const { estimate, low, high } = studentInterval([1, 2, 3]);
    expect(estimate).toBe(2);
    expect(low).toBeCloseTo(2 - 4.302652729911275 / Math.sqrt(3), 9);
    expect(high).toBeCloseTo(2 + 4.302652729911275 / Math.sqrt(3), 9);
  });

  test("of one value is infinite, of none or of NaN an error", () => {
    expect(studentInterval([4])).toEqual({ estimate: 4, low: -Infinity, high: Infinity });
    expect(() => studentInterval([])).toThrow(NumericError);
    expect(() => studentInterval([1, Number.NaN])).toThrow("values[1]: expected a finite number, got NaN");
  });

  test("of shares can be cut to their scale", () => {
    expect(intervalWithin(studentInterval([0.9, 1]))).toEqual({
      estimate: 0.95,
      low: expect.any(Number),
      high: 1,
    });
    expect(intervalWithin(studentInterval([0.5]))).toEqual({ estimate: 0.5, low: 0, high: 1 });
    expect(() => intervalWithin(studentInterval([50, 60]))).toThrow(NumericError);
  });
});

describe("pairedDifference", () => {
  test("is the interval of the differences", () => {
    const paired = pairedDifference([5, 7, 9], [4, 5, 6]);
    expect(paired.pairs).toBe(3);
    expect(paired.standardError).toBeCloseTo(1 / Math.sqrt(3), 12);
    expect(paired).toMatchObject(studentInterval([1, 2, 3]));
  });

  test("of differences 1, 2, 3 has t = 2√3 and, with two degrees of freedom, p = 1 − t/√(t² + 2)", () => {
    const { statistic, pValue } = pairedDifference([5, 7, 9], [4, 5, 6]);
    expect(statistic).toBeCloseTo(2 * Math.sqrt(3), 12);
    expect(pValue).toBeCloseTo(1 - Math.sqrt(12 / 14), 12);
  });

  test.each(statisticsCases<Case>("paired-t").map((one, i) => [i, one] as const))(
    "is scipy's, case %i",
    (_, one) => {
      const { first, second, level } = one;
      const paired = pairedDifference(first, second, level);
      const [statistic, pValue, low, high] = [one.statistic, one.pValue, one.low, one.high].map(
        recordedNumber,
      );
      if (Number.isNaN(statistic!)) {
        // Where scipy has no answer: one pair, or no difference anywhere.
        expect([paired.statistic, paired.pValue]).toEqual([0, 1]);
        return;
      }
      const got = [paired.statistic, paired.pValue, paired.low, paired.high];
      expect(got).toBeAllclose([statistic!, pValue!, low!, high!], { rtol: 1e-10, atol: 1e-15 });
    },
  );

  test("changes its sign with the order, and nothing with a shift of both", () => {
    const list = fc.array(fc.tuple(fc.integer({ min: 0, max: 64 }), fc.integer({ min: 0, max: 64 })), {
      minLength: 2,
      maxLength: 20,
    });
    fc.assert(
      fc.property(list, (pairs) => {
        const [first, second] = [pairs.map(([one]) => one / 64), pairs.map(([, two]) => two / 64)];
        const forward = pairedDifference(first, second);
        const backward = pairedDifference(second, first);
        const shifted = pairedDifference(
          first.map((value) => value + 8),
          second.map((value) => value + 8),
        );
        expect([backward.low, backward.pValue]).toEqual([0 - forward.high, forward.pValue]);
        expect(shifted).toEqual(forward);
        expect(forward.pValue >= 0 && forward.pValue <= 1).toBe(true);
        // The test at 5 % and the 95 % interval are one statement.
        if (forward.pValue !== 1) {
          expect(forward.pValue < 0.05).toBe(forward.low > 0 || forward.high < 0);
        }
      }),
    );
  });

  test("says nothing of one pair, and holds equal differences for certain", () => {
    expect(pairedDifference([0.5], [0.25])).toEqual({
      estimate: 0.25,
      low: -Infinity,
      high: Infinity,
      standardError: 0,
      pairs: 1,
      statistic: 0,
      pValue: 1,
    });
    expect(pairedDifference([3, 3], [1, 1])).toMatchObject({ statistic: Infinity, pValue: 0 });
    expect(pairedDifference([1, 1], [1, 1])).toMatchObject({ statistic: 0, pValue: 1, low: 0, high: 0 });
  });

  test("rejects lists of different length, and none", () => {
    expect(() => pairedDifference([1], [1, 2])).toThrow(ShapeError);
    expect(() => pairedDifference([], [])).toThrow(NumericError);
  });
});
