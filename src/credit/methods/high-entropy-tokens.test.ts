import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { NumericError, ShapeError } from "../../errors/index.ts";
import { highEntropyTokens } from "./high-entropy-tokens.ts";

interface Recorded {
  name: string;
  completions: { entropy32: number[]; mask: number[] }[];
  highEntropy: { share: number; weights: number[][] }[];
}
const path = new URL("../../../fixtures/credit/rivals.json", import.meta.url);
const batches: Recorded[] = JSON.parse(readFileSync(path, "utf8")).batches;
const weightsOf = (...args: Parameters<typeof highEntropyTokens>) =>
  highEntropyTokens(...args).map(({ weights }) => [...weights]);

describe("highEntropyTokens", () => {
  test("keeps the tokens at or above the quantile of the whole batch", () => {
    // Ten entropies 0 … 9: the 0.8 quantile is 7.2.
    const batch = [{ entropy: [0, 9, 1, 8] }, { entropy: [2, 3, 4, 5, 6, 7] }];
    expect(weightsOf(batch)).toEqual([
      [0, 1, 0, 1],
      [0, 0, 0, 0, 0, 0],
    ]);
    expect(weightsOf(batch, { scope: "completion" })).toEqual([
      [0, 1, 0, 0],
      [0, 0, 0, 0, 1, 1],
    ]);
  });

  describe.each(batches)("agrees with TRL: $name", ({ completions, highEntropy }) => {
    test.each(highEntropy)("share $share", ({ share, weights }) => {
      const batch = completions.map(({ entropy32, mask }) => ({ entropy: entropy32, mask }));
      expect(weightsOf(batch, { share })).toEqual(weights);
    });
  });

  test("keeps ties in a batch, and of a completion's ties the earlier", () => {
    const flat = [{ entropy: [1, 1, 1, 1, 1] }];
    expect(weightsOf(flat)).toEqual([[1, 1, 1, 1, 1]]);
    expect(weightsOf(flat, { scope: "completion" })).toEqual([[1, 0, 0, 0, 0]]);
  });

  test("keeps ⌈ρ·T⌉ tokens of each completion, none less sure than one left out", () => {
    const entropies = fc.array(fc.double({ min: 0, max: 5, noNaN: true }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(entropies, fc.nat(100), (entropy, percent) => {
        const [weights] = weightsOf([{ entropy }], { share: percent / 100, scope: "completion" });
        const kept = entropy.filter((_, t) => weights![t] === 1);
        const left = entropy.filter((_, t) => weights![t] === 0);
        expect(kept).toHaveLength(Math.ceil((percent * entropy.length) / 100));
        expect(Math.min(Infinity, ...kept)).toBeGreaterThanOrEqual(Math.max(-1, ...left));
      }),
    );
  });

  test.each([
    [0.28, 25, 7],
    [0.07, 100, 7],
    [0.55, 100, 55],
    [0.14, 50, 7],
  ])(
    "a share of %f of %i tokens are %i tokens, although the product in doubles is greater",
    (share, tokens, kept) => {
      const [weights] = weightsOf([{ entropy: Array.from({ length: tokens }, (_, t) => t) }], {
        share,
        scope: "completion",
      });
      expect(weights!.filter((weight) => weight === 1)).toHaveLength(kept);
    },
  );

  test("keeps a token exactly at the quantile", () => {
    // 0.9·10 = 9: the threshold is the tenth from above, entropy 1; 1 − 0.9 is 0.09999999999999998 in doubles.
    const entropy = Array.from({ length: 11 }, (_, t) => t);
    for (const percent of [10, 20, 30, 40, 50, 60, 70, 80, 90]) {
      const [weights] = weightsOf([{ entropy }], { share: percent / 100 });
      expect(weights!.filter((weight) => weight === 1)).toHaveLength(percent / 10 + 1);
    }
  });

  test("lets masked tokens influence nothing, and is defined without any tokens", () => {
    const batch = [{ entropy: [1, 2, 9], mask: [1, 1, 0] }, { entropy: [] }];
    expect(weightsOf(batch, { share: 0.5 })).toEqual([[0, 1, 0], []]);
    expect(weightsOf([{ entropy: [1], mask: [0] }])).toEqual([[0]]);
    expect(weightsOf([])).toEqual([]);
  });

  test("rejects impossible entropies, masks and shares", () => {
    expect(() => highEntropyTokens([{ entropy: [1], mask: [1, 1] }])).toThrow(ShapeError);
    for (const wrong of [Number.NaN, Infinity, -1]) {
      expect(() => highEntropyTokens([{ entropy: [wrong] }])).toThrow(NumericError);
    }
    expect(() => highEntropyTokens([{ entropy: [1] }], { share: 1.2 })).toThrow(NumericError);
  });
});
