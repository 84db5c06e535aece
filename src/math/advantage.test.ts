import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ConfigError, NumericError } from "../errors/index.ts";
import { groupAdvantages, groupSpread, leaveOneOutAdvantages } from "./advantage.ts";

const rewards = fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 2, maxLength: 12 });
const sum = (values: Float64Array) => values.reduce((total, value) => total + value, 0);

describe("groupAdvantages", () => {
  test("divides by the unbiased deviation", () => {
    const root = Math.sqrt(3) / 2;
    expect(groupAdvantages([1, 0, 0, 1], { epsilon: 0 })).toBeAllclose([root, -root, -root, root]);
  });

  test("adds epsilon 1e-6 to the deviation by default", () => {
    expect(groupAdvantages([0, 1])[1]).toBeCloseTo(0.5 / (Math.SQRT1_2 + 1e-6), 14);
    expect(groupAdvantages([0, 1], { epsilon: 1e-4 })[1]).toBeCloseTo(0.5 / (Math.SQRT1_2 + 1e-4), 14);
  });

  test("has the same values for rewards of any size", () => {
    for (const size of [1e-300, 1e-160, 1, 1e160, 1e300]) {
      const advantages = groupAdvantages([size, 0], { epsilon: 0 });
      expect(advantages).toBeAllclose([Math.SQRT1_2, -Math.SQRT1_2]);
    }
    expect([...groupAdvantages([0, 5e-324], { epsilon: 0 })].every(Number.isFinite)).toBe(true);
    expect(() => groupAdvantages([1.7e308, -1.7e308, -1.7e308])).toThrow(NumericError);
  });

  test("keeps reward units without scale", () => {
    expect(groupAdvantages([3, 1, 2], { scale: "none" })).toBeAllclose([1, -1, 0]);
  });

  test("is 0 for a group without spread, a group of one and an empty group", () => {
    expect([...groupAdvantages([0.1, 0.1, 0.1])]).toEqual([0, 0, 0]);
    expect([...groupAdvantages([5])]).toEqual([0]);
    expect([...groupAdvantages([])]).toEqual([]);
  });

  test("leaves unscorable rewards out of the mean and gives them 0", () => {
    const scored = groupAdvantages([1, 0, 0]);
    expect(groupAdvantages([1, null, 0, Number.NaN, 0])).toBeAllclose([
      scored[0]!,
      0,
      scored[1]!,
      0,
      scored[2]!,
    ]);
    expect([...groupAdvantages([null, null])]).toEqual([0, 0]);
    expect([...groupAdvantages([1, null])]).toEqual([0, 0]);
  });

  test("sums to 0 and ignores a shift of all rewards", () => {
    fc.assert(
      fc.property(rewards, fc.integer({ min: -100, max: 100 }), (values, shift) => {
        const advantages = groupAdvantages(values);
        expect(Math.abs(sum(advantages))).toBeLessThan(1e-9);
        expect(groupAdvantages(values.map((value) => value + shift))).toBeAllclose(advantages, {
          atol: 1e-9,
        });
      }),
    );
  });

  test("follows a permutation of the group", () => {
    fc.assert(
      fc.property(rewards, (values) => {
        const reversed = groupAdvantages([...values].reverse());
        expect(groupAdvantages(values)).toBeAllclose([...reversed].reverse(), { atol: 1e-12 });
      }),
    );
  });

  test("rejects infinite rewards and impossible epsilons", () => {
    expect(() => groupAdvantages([1, Number.POSITIVE_INFINITY])).toThrow(NumericError);
    expect(() => groupAdvantages([1, 2], { epsilon: -1 })).toThrow(NumericError);
    expect(() => groupAdvantages([1, 2], { epsilon: Number.NaN })).toThrow(NumericError);
    // @ts-expect-error: what plain JavaScript may pass
    expect(() => groupAdvantages([1, 2], { scale: "mean" })).toThrow(ConfigError);
  });
});

describe("leaveOneOutAdvantages", () => {
  test("compares each reward with the mean of the others", () => {
    expect(leaveOneOutAdvantages([4, 1, 1])).toBeAllclose([3, -1.5, -1.5]);
    expect([...leaveOneOutAdvantages([4])]).toEqual([0]);
  });

  test("leaves unscorable rewards out", () => {
    expect(leaveOneOutAdvantages([4, null, 2])).toBeAllclose([2, 0, -2]);
  });
});

describe("groupSpread", () => {
  test("counts what could be scored", () => {
    expect(groupSpread([1, null, 3])).toEqual({
      scorable: 2,
      mean: 2,
      deviation: Math.SQRT2,
      hasSpread: true,
    });
    expect(groupSpread([])).toEqual({ scorable: 0, mean: 0, deviation: 0, hasSpread: false });
  });
});
