import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { NumericError, ShapeError } from "../../errors/index.ts";
import { Rng } from "../random.ts";
import { ratioInterval } from "./ratio-interval.ts";
import { studentInterval } from "./student-interval.ts";

describe("ratioInterval", () => {
  test("over a constant is Student's interval divided by it", () => {
    const { estimate, low, high } = ratioInterval([1, 2, 3], [4, 4, 4]);
    expect(estimate).toBe(0.5);
    // 2 ± 4.303 / √3, over 4.
    expect(low).toBeCloseTo((2 - 4.302653 / Math.sqrt(3)) / 4, 6);
    expect(high).toBeCloseTo((2 + 4.302653 / Math.sqrt(3)) / 4, 6);
  });

  test("holds each θ for which x − θ·y does not differ from 0 at the level, and no other", () => {
    const value = fc.double({ min: -5, max: 5, noNaN: true });
    fc.assert(
      fc.property(fc.array(fc.tuple(value, value), { minLength: 4, maxLength: 15 }), (pairs) => {
        const x = pairs.map(([first]) => first);
        const y = pairs.map(([, second]) => second + 12);
        const { estimate, low, high } = ratioInterval(x, y);
        expect(low).toBeLessThanOrEqual(estimate + 1e-12);
        expect(high).toBeGreaterThanOrEqual(estimate - 1e-12);
        const width = high - low;
        if (!(width > 1e-6)) return;
        const tells = (theta: number) => {
          const one = studentInterval(x.map((own, i) => own - theta * y[i]!));
          return one.low > 0 || one.high < 0;
        };
        expect([low + width / 100, high - width / 100].map(tells)).toEqual([false, false]);
        expect([low - width / 100, high + width / 100].map(tells)).toEqual([true, true]);
      }),
    );
  });

  test("is infinite where the divisor does not differ from 0 at the level, and for one item", () => {
    expect(ratioInterval([1, 2, 3], [-1, 0, 2])).toMatchObject({ low: -Infinity, high: Infinity });
    expect(ratioInterval([1], [2])).toEqual({ estimate: 0.5, low: -Infinity, high: Infinity });
    expect(ratioInterval([1, 2], [-1, 1]).estimate).toBeNaN();
  });

  test("covers the true ratio nineteen times in twenty", () => {
    const rng = new Rng(11);
    let covered = 0;
    for (let i = 0; i < 2_000; i++) {
      const y = Array.from({ length: 12 }, () => rng.normal(4, 1.1));
      const x = y.map((own) => 0.3 * own + rng.normal(0, 1));
      const { low, high } = ratioInterval(x, y);
      if (low <= 0.3 && 0.3 <= high) covered++;
    }
    // Four standard deviations of a share of 2,000 at 0.95.
    expect(Math.abs(covered / 2_000 - 0.95)).toBeLessThan(0.02);
  });

  test("refuses lists of two lengths, none, and what is no number", () => {
    expect(() => ratioInterval([1, 2], [1])).toThrow(ShapeError);
    expect(() => ratioInterval([], [])).toThrow(NumericError);
    expect(() => ratioInterval([Number.NaN], [1])).toThrow(NumericError);
  });
});
