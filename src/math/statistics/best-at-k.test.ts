import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { NumericError } from "../../errors/index.ts";
import { bestAtK } from "./best-at-k.ts";
import { passAtK } from "./pass-at-k.ts";

describe("bestAtK", () => {
  test("of three scores by hand", () => {
    expect(bestAtK([0.5, 1, 0], 1)).toBeCloseTo(0.5, 12);
    expect(bestAtK([0.5, 1, 0], 2)).toBeCloseTo((0.5 + 1 + 1) / 3, 12);
    expect(bestAtK([0.5, 1, 0], 3)).toBe(1);
  });

  test("is the mean over sets of k of their greatest score", () => {
    const scores = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(scores, fc.nat(7), (own, less) => {
        const k = Math.max(1, own.length - less);
        const best: number[] = [];
        for (let set = 0; set < 2 ** own.length; set++) {
          const members = own.filter((_, i) => set & (1 << i));
          if (members.length === k) best.push(Math.max(...members));
        }
        expect(bestAtK(own, k)).toBeCloseTo(best.reduce((sum, one) => sum + one, 0) / best.length, 12);
      }),
    );
  });

  test("of scores 0 and 1 is pass@k", () => {
    const scores = Array.from({ length: 64 }, (_, i) => (i % 9 === 0 ? 1 : 0));
    const right = scores.filter((score) => score === 1).length;
    for (const k of [1, 2, 8, 32, 64]) expect(bestAtK(scores, k)).toBeCloseTo(passAtK(64, right, k), 12);
  });

  test.each([
    [[], 1],
    [[1], 2],
    [[1], 0],
    [[1, 1], 1.5],
    [[2], 1],
  ])("of %j and k = %d is refused", (scores, k) => {
    expect(() => bestAtK(scores, k)).toThrow(NumericError);
  });
});
