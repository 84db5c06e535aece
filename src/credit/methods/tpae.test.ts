import { describe, expect, test } from "vitest";
import { NumericError, ShapeError } from "../../errors/index.ts";
import { recordedBatches } from "../../testing/recorded-credit.ts";
import { type TpaeInput, tpae } from "./tpae.ts";

/** Tokens of id 1 whose divergence and entropy lie on a cross around (1, 1), and one at a distance in the wrong completion. */
const right: TpaeInput = {
  divergence: [0, 2, 1, 1],
  entropy: [1, 1, 0, 2],
  tokens: [1, 1, 1, 1],
  reward: 1,
};
const wrong = (distance: number): TpaeInput => ({
  divergence: [1 + distance],
  entropy: [1],
  tokens: [1],
  reward: 0,
});

describe("tpae", () => {
  test("has penalties that can be checked on paper", () => {
    // Σ = ½·I, a multiple of the identity, so nothing is shrunk: M = distance·√2, τ = √(−2·ln 0.01).
    const [trusted, penalised] = tpae([right, wrong(5)]);
    expect([...trusted!]).toEqual([0, 0, 0, 0]);
    const trust = Math.sqrt(-2 * Math.log(0.01)) - 5 * Math.SQRT2;
    expect(penalised).toBeAllclose([1 / (1 + Math.exp(-trust)) - 0.5]);
  });

  test("τ is the printed one for each printed confidence", () => {
    const isTrusted = (distance: number, confidence: number) =>
      tpae([right, wrong(distance / Math.SQRT2)], { confidence })[1]![0] === 0;
    for (const [confidence, printed] of [
      [0.95, 2.45],
      [0.99, 3.03],
      [0.995, 3.26],
    ] as const) {
      expect(isTrusted(printed - 0.01, confidence)).toBe(true);
      expect(isTrusted(printed + 0.01, confidence)).toBe(false);
    }
  });

  describe.each(recordedBatches)(
    "agrees with scikit-learn: $name",
    ({ completions, rewards, tpae: recorded }) => {
      test.each(recorded)(
        "confidence $confidence, $leastCount tokens",
        ({ confidence, leastCount, penalties }) => {
          const inputs = completions.map(({ divergence, entropy, tokens, mask }, i) => ({
            divergence,
            entropy,
            tokens,
            mask,
            reward: rewards[i]!,
          }));
          tpae(inputs, { confidence, leastCount }).forEach((own, i) => {
            expect(own).toBeAllclose(penalties[i]!, { rtol: 1e-6, atol: 1e-9 });
          });
        },
      );
    },
  );

  test("only lowers, by less than ½", () => {
    for (const distance of [0, 1, 3, 10, 1e6]) {
      const [, [penalty] = []] = tpae([right, wrong(distance)]);
      expect(penalty).toBeLessThanOrEqual(0);
      expect(penalty).toBeGreaterThanOrEqual(-0.5);
    }
  });

  test("trusts where nothing can be compared: no right completion, unseen ids, few tokens, constant signals", () => {
    const none = (inputs: TpaeInput[]) => tpae(inputs).every((own) => own.every((penalty) => penalty === 0));
    expect(none([wrong(1), wrong(9)])).toBe(true);
    expect(none([{ ...right, reward: null }, wrong(9)])).toBe(true);
    expect(none([right, { ...wrong(9), tokens: [2] }])).toBe(true);
    expect(none([{ ...right, mask: [1, 1, 0, 0] }, wrong(9)])).toBe(true);
    const constant = { ...right, divergence: [1, 1, 1, 1], entropy: [2, 2, 2, 2] };
    expect(none([constant, wrong(9)])).toBe(true);
    expect(none([])).toBe(true);
  });

  test("rejects impossible signals and options", () => {
    expect(() => tpae([{ ...right, tokens: [1] }])).toThrow(ShapeError);
    expect(() => tpae([{ ...right, entropy: [1, 1, Number.NaN, 1] }])).toThrow(NumericError);
    expect(() => tpae([right], { confidence: 2 })).toThrow(NumericError);
  });
});
