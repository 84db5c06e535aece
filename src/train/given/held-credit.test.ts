import { describe, expect, test } from "vitest";
import { withMeanOne } from "../../credit/index.ts";
import { ConfigError, PartError } from "../../errors/index.ts";
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
  [{ viewTerm: { at: () => 0 } }, "expected a list viewTerm.views, got undefined (completion 0 of group 0)"],
  [{ viewTerm: { views: [] } }, "expected a function viewTerm.at, got undefined (completion 0 of group 0)"],
])("a credit with a number that is not finite, or too few numbers, is refused: %j", (given, message) => {
  const method = heldCredit(
    {
      needs: { allGroups: true },
      addsLossTerm: true,
      credit: () => [[{ weights: Float64Array.of(1), ...given }]],
    },
    "credit",
    'credit "own"',
  );
  expect(() => method.credit([[{ mask: [1] }]])).toThrow(message);
});

const VIEW = { image: { kind: "black" }, logprobs: Float64Array.of(-1) };
const PERCEPTION = {
  ablatedLogprobs: Float64Array.of(-1),
  coefficients: Float64Array.of(1),
  bound: 1,
  entropyPenalty: 0,
};

test.each<[carried: object, declared: object, message: string]>([
  [{ rewardBonus: 0.5 }, { needs: { allGroups: true } }, "expected needs.allGroups: true"],
  [{ perception: PERCEPTION }, { addsLossTerm: true }, "expected addsLossTerm: true"],
  [{ viewTerm: { views: [VIEW], at: () => 0 } }, { addsLossTerm: true }, "expected addsLossTerm: true"],
])("a credit with more than its method declares is refused: %j", (carried, declared, message) => {
  const credit = () => [[{ weights: Float64Array.of(1), ...carried }]];
  const method = heldCredit({ needs: {}, credit }, "credit", 'credit "own"');
  expect(() => method.credit([[{ mask: [1] }]])).toThrow(PartError);
  expect(() => method.credit([[{ mask: [1] }]])).toThrow(
    `credit "own": ${message} of a method whose credit has`,
  );
  const whole = heldCredit({ needs: {}, credit, ...declared }, "credit", 'credit "own"');
  expect(whole.credit([[{ mask: [1] }]])[0]).toHaveLength(1);
});

describe("a term over views", () => {
  const termOf = (at: unknown) => {
    const viewTerm = { views: [VIEW, { ...VIEW, isConstant: true }], at };
    const credit = () => [[{ weights: Float64Array.of(1), viewTerm }]];
    const method = heldCredit({ needs: {}, addsLossTerm: true, credit }, "credit", 'credit "own"');
    return () => method.credit([[{ mask: [1] }]])[0]![0]!.viewTerm!.at(0, -1, [-1, -1]);
  };

  test.each<[at: unknown, message: string]>([
    [
      () => {
        throw new TypeError("no such view");
      },
      "no such view",
    ],
    [
      () => ({ value: Number.NaN, given: 0, views: [0, 0] }),
      "expected numbers value and given, got an object",
    ],
    [() => 0, "expected numbers value and given, got 0 (token 0)"],
    [() => ({ value: 0, given: 0, views: [0] }), "expected 2 slopes of views, got 1"],
    [() => ({ value: 0, given: 0, views: [Number.NaN, 0] }), "expected a slope of view 0, got NaN (token 0)"],
  ])("whose function fails or gives no number is named: %#", (at, message) => {
    expect(termOf(at)).toThrow(PartError);
    expect(termOf(at)).toThrow(`credit "own": viewTerm.at: ${message}`);
  });

  test("needs no slope at constant views", () => {
    const found = { value: 1, given: 2, views: [3, Number.NaN] };
    expect(termOf(() => found)()).toBe(found);
  });
});

describe("needs", () => {
  const readBy = (needs: object) => () => heldCredit({ needs, credit: () => [] }, "credit", "own").needs;

  test.each<[needs: object, message: string]>([
    [{ ablation: true }, "credit: needs.ablation: expected object, got true"],
    [{ ablation: { image: { kind: "blank" }, divergence: true } }, "credit: needs.ablation.image.kind: "],
    [{ ablation: { image: { kind: "black" } } }, "credit: needs.ablation.divergence: expected boolean"],
    [{ nucleusEntropy: 2 }, "credit: needs.nucleusEntropy: Too big: expected number to be <=1, got 2"],
    [
      { attention: { row: "last" } },
      'credit: needs.attention.row: expected one of "own", "predicting", got "last"',
    ],
    [{ attention: { rows: "own" } }, "credit: needs.attention"],
    [{ rewards: "right" }, 'credit: needs.rewards: expected array, got "right"'],
    [{ views: { blank: { kind: "black" } } }, "credit: needs.views.blank"],
    [{ labels: 1 }, "credit: needs.labels: expected boolean, got 1"],
    [{ lable: true }, 'did you mean "labels"?'],
  ])("with an impossible value are refused before the run: %j", (needs, message) => {
    expect(readBy(needs)).toThrow(ConfigError);
    expect(readBy(needs)).toThrow(message);
  });

  test("are whole: defaults of image ablations are filled in, and false is no need", () => {
    const needs = { ablation: { image: { kind: "noise" }, divergence: false }, entropy: false, labels: true };
    expect(readBy(needs)()).toEqual({
      ablation: { image: { kind: "noise", sigma: 200, seed: 0 }, divergence: false },
      labels: true,
    });
  });

  test("at a place of the run, and for a lighter engine, are read alike", () => {
    const method = { needs: {}, credit: () => [] };
    const at = heldCredit({ ...method, needsAt: () => ({ nucleusEntropy: 2 }) }, "credit", 'credit "own"');
    expect(() => at.needsAt!(0.5)).toThrow(PartError);
    expect(() => at.needsAt!(0.5)).toThrow('credit "own": needsAt.nucleusEntropy: Too big');
    expect(() => heldCredit({ ...method, lighterNeeds: { labels: 1 } }, "credit", "own")).toThrow(
      "credit: lighterNeeds.labels",
    );
  });
});
