import { describe, expect, test } from "vitest";
import { NumericError, ShapeError } from "../../errors/index.ts";
import { recordedBatches } from "../../testing/recorded-credit.ts";
import type { CreditCompletion } from "../method.ts";
import { grpoS, grpoSCredit, gtpo, gtpoCredit } from "./gtpo.ts";

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

describe("gtpo", () => {
  test("rewards tokens by their share of the entropy at their place, which can be checked on paper", () => {
    // r̃: 1 + 0.5·2·3/4 = 1.75 and 1 + 0.5·2·1/4 = 1.25; wrong: −1 − 0.5 = −1.5. Mean 0.5, deviation 1.75 at n − 1 = 2.
    const advantages = gtpo(
      [
        { entropy: [3], reward: 1 },
        { entropy: [1], reward: 1 },
        { entropy: [7], reward: 0 },
      ],
      { entropy: 0.5, normalisation: "joint" },
    )!;
    const deviation = Math.sqrt((1.25 ** 2 + 0.75 ** 2 + 2 ** 2) / 2) + 1e-6;
    expect(advantages.flatMap((own) => [...own])).toBeAllclose([
      1.25 / deviation,
      0.75 / deviation,
      -2 / deviation,
    ]);
  });

  test("punishes the surer of two wrong tokens more", () => {
    const [, unsure, sure] = gtpo(
      [
        { entropy: [1], reward: 1 },
        { entropy: [2], reward: 0 },
        { entropy: [0.5], reward: 0 },
      ],
      { normalisation: "joint" },
    )!;
    expect(sure![0]).toBeLessThan(unsure![0]!);
  });

  describe.each(recordedBatches)("agrees with numpy: $name", ({ completions, rewards, gtpo: recorded }) => {
    test.each(recorded)("$level, $normalisation, within $entropyRange", (one) => {
      const inputs = completions.map(({ entropy, mask }, i) => ({ entropy, mask, reward: rewards[i]! }));
      const { level, normalisation, advantages } = one;
      const options = { normalisation, ...(one.entropyRange && { entropyRange: one.entropyRange }) };
      const found = (level === "token" ? gtpo : grpoS)(inputs, options)!;
      found.forEach((own, i) => {
        expect(own).toBeAllclose(advantages[i]!, { rtol: 1e-8, atol: 1e-9 });
      });
    });
  });

  test.each(recordedBatches)(
    "apart, right and wrong tokens average the same: no contrast is left ($name)",
    (batch) => {
      const inputs = batch.completions.map(({ entropy, mask }, i) => ({
        entropy,
        mask,
        reward: batch.rewards[i]!,
      }));
      const sideMeans = (normalisation: "separate" | "joint") => {
        const found = gtpo(inputs, { normalisation })!;
        return [1, 0].map((side) =>
          mean(
            found.flatMap((own, i) =>
              batch.rewards[i] === side ? [...own].filter((_, t) => inputs[i]!.mask[t] === 1) : [],
            ),
          ),
        );
      };
      expect(sideMeans("separate")).toBeAllclose([0, 0], { atol: 1e-9 });
      const [right, wrong] = sideMeans("joint");
      expect(right! - wrong!).toBeGreaterThan(1);
    },
  );

  test.each([
    ["gtpo", gtpo],
    ["grpo-s", grpoS],
  ])("as it comes, %s ranks every right token above every wrong one", (_, advantagesOf) => {
    for (const { completions, rewards } of recordedBatches) {
      const inputs = completions.map(({ entropy, mask }, i) => ({ entropy, mask, reward: rewards[i]! }));
      const found = advantagesOf(inputs)!;
      const of = (isRight: boolean) =>
        found.flatMap((own, i) =>
          rewards[i]! >= 0.5 === isRight ? [...own].filter((_, t) => inputs[i]!.mask[t] === 1) : [],
        );
      expect(Math.min(...of(true))).toBeGreaterThan(Math.max(...of(false)));
    }
  });

  test("apart, an unsure wrong token is reinforced and a sure right one is discouraged", () => {
    // r̃: 1.15, 1.05; −1.15, −1.05. Deviation of each side 0.05·√2 at n − 1 = 1.
    const found = gtpo(
      [
        { entropy: [3], reward: 1 },
        { entropy: [1], reward: 1 },
        { entropy: [1], reward: 0 },
        { entropy: [3], reward: 0 },
      ],
      { normalisation: "separate" },
    )!;
    const half = Math.SQRT1_2;
    expect(found.flatMap((own) => [...own])).toBeAllclose([half, -half, -half, half], { rtol: 2e-5 });
  });

  test("without the entropy term and together, is GRPO over tokens", () => {
    const inputs = [
      { entropy: [1, 2], reward: 1 },
      { entropy: [3, 1], reward: 0 },
    ];
    const [right, wrong] = gtpo(inputs, { entropy: 0, normalisation: "joint" })!;
    expect(right).toBeAllclose([Math.sqrt(3) / 2, Math.sqrt(3) / 2], { rtol: 2e-6 });
    expect(wrong).toBeAllclose([-Math.sqrt(3) / 2, -Math.sqrt(3) / 2], { rtol: 2e-6 });
  });

  test("is defined for entropies of 0, for one token and beside completions that could not be judged", () => {
    const found = gtpo([
      { entropy: [0, 0], reward: 1 },
      { entropy: [0], reward: 1 },
      { entropy: [0], reward: 0 },
      { entropy: [0, 0], reward: 0 },
      { entropy: [1], reward: null },
    ])!;
    expect(found.flatMap((own) => [...own]).every(Number.isFinite)).toBe(true);
    expect([...found[4]!]).toEqual([0]);
  });

  test("has nothing to say of a group without both sides, nor of a group of one", () => {
    expect(gtpo([{ entropy: [1], reward: 1 }])).toBeUndefined();
    expect(
      gtpo([
        { entropy: [1], reward: 1 },
        { entropy: [], reward: 0 },
      ]),
    ).toBeUndefined();
    expect(
      grpoS([
        { entropy: [1], reward: 0 },
        { entropy: [1], reward: null },
      ]),
    ).toBeUndefined();
    expect(gtpo([])).toBeUndefined();
  });

  test("rejects impossible entropies, masks and options", () => {
    const right = { entropy: [1], reward: 1 };
    expect(() => gtpo([{ ...right, mask: [1, 1] }])).toThrow(ShapeError);
    for (const wrong of [Number.NaN, -1, Infinity]) {
      expect(() => gtpo([{ ...right, entropy: [wrong] }])).toThrow(NumericError);
      expect(() => gtpo([right], { entropy: wrong })).toThrow(NumericError);
    }
  });
});

describe("the methods", () => {
  const completion = (entropy: number[], reward: number, advantage: number): CreditCompletion => ({
    mask: [1, 1],
    reward,
    advantage,
    signals: { entropy: Float64Array.from(entropy) },
  });
  const group = [completion([1, 2], 1, 0.7), completion([3, 1], 0, -0.7)];
  const credit = (of: typeof gtpoCredit | typeof grpoSCredit, kind: string) =>
    of.create(of.schema.parse({ kind, normalisation: "joint" }) as never, undefined).credit([group])[0]!;

  test("replace the objective's advantages by their own", () => {
    for (const [i, { weights, advantageBonus }] of credit(gtpoCredit, "gtpo").entries()) {
      expect([...weights]).toEqual([1, 1]);
      const own = gtpo(
        group.map(({ signals, reward }) => ({ entropy: signals!.entropy!, reward: reward! })),
        {
          normalisation: "joint",
        },
      )![i]!;
      expect(advantageBonus!.map((bonus) => bonus + (group[i]!.advantage as number))).toBeAllclose(own);
    }
  });

  test("GRPO-S gives all tokens of a completion the same", () => {
    for (const { advantageBonus } of credit(grpoSCredit, "grpo-s"))
      expect(new Set(advantageBonus).size).toBe(1);
  });

  test("leave the objective's advantages where there are not both sides", () => {
    const method = gtpoCredit.create(gtpoCredit.schema.parse({ kind: "gtpo" }), undefined);
    expect(method.credit([[group[0]!]])[0]![0]).toEqual({ weights: Float64Array.of(1, 1) });
  });
});
