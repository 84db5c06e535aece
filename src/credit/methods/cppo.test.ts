import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { EngineError, NumericError, ShapeError } from "../../errors/index.ts";
import type { CreditCompletion } from "../method.ts";
import { cppoCredit, cppoTerm, cppoTokens } from "./cppo.ts";

const TERM = { coefficient: 1, temperature: 0.1, bound: 10 };
const image = { kind: "black" } as const;

describe("cppoTokens", () => {
  test("keeps half of the tokens of which the image makes the model surer: the tokens with the largest gain for their uncertainty", () => {
    // Gains: 0.5, 0 (less sure), 0.9, 0.1, 0.2; half of four are the first and the third.
    const input = { entropy: [1, 2, 0.1, 0.9, 0.8], lostEntropy: [2, 1, 1, 1, 1], advantage: 1 };
    expect([...cppoTokens(input)]).toEqual([1, 0, 1, 0, 0]);
    expect([...cppoTokens(input, { tokenShare: 1 })]).toEqual([1, 0, 1, 1, 1]);
    expect([...cppoTokens(input, { tokenShare: 0 })]).toEqual([0, 0, 0, 0, 0]);
  });

  test("takes a whole number of tokens below the share, at least one, and all that tie", () => {
    expect([...cppoTokens({ entropy: [0, 0.5, 0.6], lostEntropy: [1, 1, 1], advantage: 1 })]).toEqual([
      1, 0, 0,
    ]);
    expect([...cppoTokens({ entropy: [0.5, 0.5, 0.6], lostEntropy: [1, 1, 1], advantage: 1 })]).toEqual([
      1, 1, 0,
    ]);
    expect([...cppoTokens({ entropy: [0.5], lostEntropy: [1], advantage: 1 }, { tokenShare: 0.01 })]).toEqual(
      [1],
    );
  });

  test("takes none where no token is surer, as with equal views, none worse than average, and none masked", () => {
    expect([...cppoTokens({ entropy: [1, 0], lostEntropy: [1, 0], advantage: 1 })]).toEqual([0, 0]);
    const gaining = { entropy: [0.1, 0.1], lostEntropy: [1, 1] };
    expect([...cppoTokens({ ...gaining, advantage: 0 })]).toEqual([0, 0]);
    expect([...cppoTokens({ ...gaining, advantage: [1, -1] })]).toEqual([1, 0]);
    expect([...cppoTokens({ ...gaining, advantage: -1 }, { onlyBetter: false })]).toEqual([1, 1]);
    expect([...cppoTokens({ ...gaining, advantage: 1, mask: [0, 1] })]).toEqual([0, 1]);
    expect([
      ...cppoTokens({ entropy: [Number.NaN, 0], lostEntropy: [1, 1], advantage: 1, mask: [0, 1] }),
    ]).toEqual([0, 1]);
  });

  test("refuses what no distribution has", () => {
    expect(() => cppoTokens({ entropy: [-1], lostEntropy: [1], advantage: 1 })).toThrow(NumericError);
    expect(() => cppoTokens({ entropy: [1, 1], lostEntropy: [1], advantage: 1 })).toThrow(ShapeError);
    expect(() => cppoTokens({ entropy: [1], lostEntropy: [1], advantage: 1 }, { tokenShare: 2 })).toThrow(
      "tokenShare",
    );
  });
});

describe("cppoTerm", () => {
  test("is −log 2 where both views are as far away, and can be checked on paper elsewhere", () => {
    expect(cppoTerm(TERM, -1, -2, -2).value).toBeCloseTo(-Math.LN2, 15);
    expect(cppoTerm(TERM, -1, -1, -1)).toEqual({
      value: expect.closeTo(-Math.LN2, 15),
      given: expect.closeTo(0, 15),
      views: [expect.closeTo(0, 15), expect.closeTo(0, 15)],
    });
    // k3 of a view half as likely is ln 2 − ½; the other view is the same.
    const half = Math.LN2 - 0.5;
    const { value } = cppoTerm({ ...TERM, coefficient: 0.01 }, -1, -1 - Math.LN2, -1);
    expect(value).toBeCloseTo(-0.01 * Math.log(1 + Math.exp(half / 0.1)), 12);
  });

  test("has the slopes that central differences find, in all three log-probs", () => {
    const logprob = fc.double({ min: -6, max: -0.01, noNaN: true });
    fc.assert(
      fc.property(logprob, logprob, logprob, (given, kept, lost) => {
        const term = { coefficient: 0.3, temperature: 0.5, bound: 1e6 };
        const of = (moved: readonly number[]) => cppoTerm(term, moved[0]!, moved[1]!, moved[2]!).value;
        const point = [given, kept, lost];
        const found = cppoTerm(term, given, kept, lost);
        const slopes = point.map((_, i) => {
          const moved = (by: number) => of(point.map((value, j) => (i === j ? value + by : value)));
          return (moved(1e-6) - moved(-1e-6)) / 2e-6;
        });
        expect([found.given, ...found.views]).toBeAllclose(slopes, { rtol: 1e-4, atol: 1e-5 });
      }),
    );
  });

  test("stays finite however far the views are apart", () => {
    const { value, given, views } = cppoTerm(TERM, -900, -0.1, -900);
    expect([value, given, ...views].every(Number.isFinite)).toBe(true);
    expect(value).toBeCloseTo(-100, 6);
  });
});

describe("cppo as a method", () => {
  const made = (options: object = {}) =>
    cppoCredit.create(cppoCredit.schema.parse({ kind: "cppo", ...options }), undefined);
  const completion = (entropy: number[], lost: number[], advantage: number): CreditCompletion => ({
    mask: entropy.map(() => 1),
    advantage,
    signals: {
      entropy: Float64Array.from(entropy),
      views: {
        kept: { image, logprobs: Float64Array.from(entropy, () => -2) },
        lost: { image, logprobs: Float64Array.from(entropy, () => -2), entropy: Float64Array.from(lost) },
      },
    },
  });

  test("is a mean over the tokens of the batch that take part", () => {
    // One token of four takes part, so its term counts four times in a mean over all tokens.
    const [[first, second]] = made().credit([
      [completion([0.1, 1], [1, 1], 1), completion([0.1, 0.1], [1, 1], -1)],
    ]) as [ReturnType<ReturnType<typeof made>["credit"]>[0]];
    expect([...first!.weights]).toEqual([1, 1]);
    expect(first!.viewTerm!.at(0, -2, [-2, -2]).value).toBeCloseTo(-0.01 * 4 * Math.LN2, 12);
    expect(first!.viewTerm!.at(1, -2, [-2, -2]).value).toBe(0);
    expect(second!.viewTerm!.at(0, -2, [-2, -2]).value).toBe(0);
  });

  test("adds nothing to a batch in which no token takes part, and asks for what it needs", () => {
    const [[only]] = made().credit([[completion([1], [1], 1)]]) as [
      ReturnType<ReturnType<typeof made>["credit"]>[0],
    ];
    expect(only!.viewTerm!.at(0, -1, [-2, -3])).toEqual({ value: 0, given: 0, views: [0, 0] });
    expect(() => made().credit([[{ mask: [1] }]])).toThrow(EngineError);
  });
});
