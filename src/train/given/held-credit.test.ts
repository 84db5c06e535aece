import { expect, test } from "vitest";
import { withMeanOne } from "../../credit/index.ts";
import { heldCredit } from "./held-credit.ts";

test("a credit method that is a class keeps the members of its class", () => {
  class Own {
    readonly needs = {};
    readonly #share = 0.5;
    get wholeBatch() {
      return true as const;
    }
    needsAt() {
      return this.#share === 0.5 ? { rewards: ["right"] } : {};
    }
    credit(groups: readonly (readonly { mask: ArrayLike<number> }[])[]) {
      return groups.map((group) =>
        group.map(({ mask }) => ({ weights: Float64Array.from(mask, (one) => one * this.#share) })),
      );
    }
  }
  for (const method of [
    heldCredit(new Own(), "credit", "own"),
    withMeanOne(heldCredit(new Own(), "credit", "own")),
  ]) {
    expect(method.wholeBatch).toBe(true);
    expect(method.needsAt?.(0)).toEqual({ rewards: ["right"] });
  }
  expect(heldCredit(new Own(), "credit", "own").credit([[{ mask: [1] }]])[0]![0]!.weights).toEqual(
    Float64Array.of(0.5),
  );
});

test.each<[credit: object, message: string]>([
  [{ roles: ["image"] }, 'expected roles visual, text or neutral, got "image" (token 0'],
  [{ clusters: Int32Array.of(0, 1) }, "expected 1 clusters for completion 0 of group 0, got 2"],
  [{ alignment: [Number.NaN] }, "expected finite alignment, got NaN"],
  [{ rewardBonus: Number.NaN }, "expected a finite rewardBonus, got NaN (completion 0 of group 0)"],
  [
    {
      perception: {
        ablatedLogprobs: Float64Array.of(-1),
        coefficients: Float64Array.of(Number.NaN),
        bound: 1,
        entropyPenalty: 0,
      },
    },
    "expected finite perception.coefficients, got NaN (token 0",
  ],
  [
    {
      perception: {
        ablatedLogprobs: Float64Array.of(-1),
        coefficients: Float64Array.of(1),
        bound: undefined,
        entropyPenalty: 0,
      },
    },
    "expected a finite perception.bound, got undefined",
  ],
  [
    { viewTerm: { views: [{ image: { kind: "blank" }, logprobs: Float64Array.of(1, 2) }], at: () => 0 } },
    "expected 1 viewTerm.views[0].logprobs",
  ],
])("a credit with a number that is not finite, or too few numbers, is refused: %j", (given, message) => {
  const method = heldCredit(
    { needs: {}, credit: () => [[{ weights: Float64Array.of(1), ...given }]] },
    "credit",
    'credit "own"',
  );
  expect(() => method.credit([[{ mask: [1] }]])).toThrow(message);
});
