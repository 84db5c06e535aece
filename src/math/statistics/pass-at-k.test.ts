import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { NumericError } from "../../errors/index.ts";
import { statisticsCases } from "../../testing/statistics-fixtures.ts";
import { passAtK } from "./pass-at-k.ts";

interface Case {
  readonly samples: number;
  readonly right: number;
  readonly k: number;
  readonly value: number;
}

describe("passAtK", () => {
  test("of one right answer in four: two of them hold it in 3 draws of 6", () => {
    expect(passAtK(4, 1, 2)).toBeCloseTo(0.5, 12);
  });

  test.each(statisticsCases<Case>("pass-at-k"))(
    "is exact, $right of $samples right, k = $k",
    ({ samples, right, k, value }) => {
      expect([passAtK(samples, right, k)]).toBeAllclose([value], { rtol: 1e-10, atol: 0 });
    },
  );

  test("is the share of subsets of k that hold a right answer", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8 }), fc.nat(8), fc.nat(7), (samples, c, less) => {
        const [right, k] = [Math.min(c, samples), Math.max(1, samples - less)];
        let subsets = 0;
        let holding = 0;
        for (let set = 0; set < 2 ** samples; set++) {
          const members = Array.from({ length: samples }, (_, i) => i).filter((i) => set & (1 << i));
          if (members.length !== k) continue;
          subsets++;
          if (members.some((i) => i < right)) holding++;
        }
        expect(passAtK(samples, right, k)).toBeCloseTo(holding / subsets, 12);
      }),
    );
  });

  test("is the share of right answers for k = 1, grows with k, and stays within [0, 1]", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), fc.nat(300), (samples, c) => {
        const right = c % (samples + 1);
        expect(passAtK(samples, right, 1)).toBeCloseTo(right / samples, 12);
        let before = 0;
        for (let k = 1; k <= samples; k++) {
          const now = passAtK(samples, right, k);
          expect(now >= before - 1e-12 && now >= 0 && now <= 1).toBe(true);
          before = now;
        }
        expect(before).toBe(right === 0 ? 0 : 1);
      }),
    );
  });

  test.each([
    [0, 0, 1],
    [4, 5, 1],
    [4, -1, 1],
    [4, 1, 0],
    [4, 1, 5],
    [4, 0.5, 1],
    [4, 1, Number.NaN],
  ])("rejects %f answers, %f right, k = %f", (samples, right, k) => {
    expect(() => passAtK(samples, right, k)).toThrow(NumericError);
  });
});
