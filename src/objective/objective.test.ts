import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ConfigError, NumericError, ShapeError } from "../errors/index.ts";
import { numbersOf } from "../testing/objective-batch.ts";
import { objective } from "./objective.ts";
import type { AlgorithmInput } from "./registry.ts";
import type { ObjectiveCompletion, ObjectiveGroup } from "./types.ts";

const grpo: AlgorithmInput = { kind: "grpo", klCoefficient: 0 };
const ln = Math.log;

/** A completion that is on-policy by default. */
const completion = (logprobs: number[], rest: Partial<ObjectiveCompletion> = {}): ObjectiveCompletion => ({
  logprobs,
  oldLogprobs: logprobs,
  mask: logprobs.map(() => 1),
  ...rest,
});
const flat = (coefficients: Float64Array[][]) => coefficients.flat().flatMap((row) => [...row]);

const logprob = fc.double({ min: -4, max: -0.01, noNaN: true });
const arbitraryCompletion = fc.array(
  fc.tuple(logprob, logprob, logprob, fc.double({ min: 0.1, max: 3, noNaN: true })),
  {
    minLength: 1,
    maxLength: 5,
  },
);
const arbitraryGroups: fc.Arbitrary<ObjectiveGroup[]> = fc.array(
  fc
    .array(fc.tuple(fc.integer({ min: 0, max: 2 }), arbitraryCompletion), { minLength: 2, maxLength: 4 })
    .map((members) => ({
      rewards: members.map(([reward]) => reward),
      completions: members.map(([, tokens]) => ({
        logprobs: tokens.map((token) => token[0]),
        oldLogprobs: tokens.map((token) => token[1]),
        refLogprobs: tokens.map((token) => token[2]),
        weights: tokens.map((token) => token[3]),
        mask: tokens.map(() => 1),
      })),
    })),
  { minLength: 1, maxLength: 3 },
);

describe("objective, GRPO", () => {
  test("has a loss and coefficients that can be checked on paper", () => {
    // Advantages ±1/√2 (epsilon 0). Ratios 1, 2 (clipped at 1.2) and ½ (the pessimistic side).
    const groups = [
      {
        rewards: [1, 0],
        completions: [
          completion([ln(0.5), ln(0.5)], { oldLogprobs: [ln(0.5), ln(0.25)] }),
          completion([ln(0.25)], { oldLogprobs: [ln(0.5)] }),
        ],
      },
    ];
    const { loss, coefficients } = objective({ ...grpo, advantageEpsilon: 0 }, groups);
    const a = Math.SQRT1_2;
    expect(loss).toBeCloseTo(-(((1 + 1.2) * a) / 4 - (0.8 * a) / 2), 12);
    expect(flat(coefficients)).toBeAllclose([a / 4, 0, 0]);
  });

  test("scales the advantage of each token by its weight", () => {
    const groups = [
      { rewards: [1, 0], completions: [completion([-1, -1], { weights: [1.5, 0.5] }), completion([-1, -1])] },
    ];
    const { coefficients } = objective({ ...grpo, advantageEpsilon: 0 }, groups);
    const a = Math.SQRT1_2;
    expect(flat(coefficients)).toBeAllclose([1.5, 0.5, -1, -1].map((weight) => (weight * a) / 4));
  });

  test("subtracts the KL term before aggregation", () => {
    const groups = [
      {
        rewards: [1, 1],
        completions: [
          completion([ln(0.5)], { refLogprobs: [ln(0.25)] }),
          completion([-1], { refLogprobs: [-1] }),
        ],
      },
    ];
    const { loss, coefficients, metrics } = objective({ kind: "grpo", klCoefficient: 0.1 }, groups);
    expect(loss).toBeCloseTo((0.1 * (0.5 + Math.LN2 - 1)) / 2, 12);
    expect(flat(coefficients)).toBeAllclose([-(0.1 * 0.5) / 2, 0]);
    expect(metrics.kl).toBeCloseTo((0.5 + Math.LN2 - 1) / 2, 12);
  });

  test("gives groups without spread coefficients of 0, but counts their tokens", () => {
    const still = { rewards: [1, 1], completions: [completion([-1, -1]), completion([-1, -1])] };
    const moving = { rewards: [1, 0], completions: [completion([-1]), completion([-1])] };
    const alone = objective(grpo, [moving]);
    const both = objective(grpo, [still, moving]);
    expect(flat(both.coefficients).slice(0, 4)).toEqual([0, 0, 0, 0]);
    expect(flat(both.coefficients).slice(4)).toBeAllclose(flat(alone.coefficients).map((c) => c / 2));
    expect(both.metrics.groupsWithoutSpread).toBe(0.5);
  });

  test("leaves the tokens of idle groups out of the metrics, and in the means of the loss", () => {
    const still = { rewards: [1, 1], completions: [completion([-1, -1]), completion([-1, -1])] };
    const weights = [3, 1];
    const moving = {
      rewards: [1, 0],
      completions: [completion([-1, -1], { weights }), completion([-1, -1], { weights })],
    };
    const counted = objective(grpo, [still, moving]);
    const idle = objective(grpo, [{ ...still, isIdle: true }, moving]);
    expect(flat(idle.coefficients)).toEqual(flat(counted.coefficients));
    expect([counted.metrics.weightMean, idle.metrics.weightMean]).toEqual([1.5, 2]);
    expect(counted.metrics.effectiveTokens).toBeCloseTo(1.8, 12);
    expect(idle.metrics.effectiveTokens).toBeCloseTo(1.6, 12);
    expect(idle.metrics.advantageMagnitude).toBeCloseTo(2 * counted.metrics.advantageMagnitude, 12);
  });

  test("gives unscorable completions no policy gradient", () => {
    const groups = [
      { rewards: [1, null, 0], completions: [completion([-1]), completion([-1]), completion([-1])] },
    ];
    const { coefficients, metrics } = objective(grpo, groups);
    expect(coefficients[0]![1]![0]).toBe(0);
    expect(coefficients[0]![0]![0]).toBeGreaterThan(0);
    expect(metrics.unscorable).toBe(1);
    expect(metrics.rewardMean).toBe(0.5);
  });

  test("is defined without groups, without tokens and without counted tokens", () => {
    expect(objective(grpo, []).loss).toBe(0);
    const groups = [{ rewards: [1, 0], completions: [completion([]), completion([-1], { mask: [0] })] }];
    const { loss, coefficients, metrics } = objective(grpo, groups);
    expect(loss).toBe(0);
    expect(flat(coefficients)).toEqual([0]);
    expect(metrics.tokens).toBe(0);
    expect(numbersOf(metrics).every(Number.isFinite)).toBe(true);
  });

  test("never looks at masked tokens", () => {
    fc.assert(
      fc.property(arbitraryGroups, (groups) => {
        const config: AlgorithmInput = { kind: "grpo", klCoefficient: 0.1 };
        const padded = groups.map(({ rewards, completions }) => ({
          rewards,
          completions: completions.map(({ logprobs, oldLogprobs, refLogprobs, weights, mask }) => ({
            logprobs: [Number.NaN, ...Array.from(logprobs)],
            oldLogprobs: [0, ...Array.from(oldLogprobs)],
            refLogprobs: [-Infinity, ...Array.from(refLogprobs!)],
            weights: [Number.NaN, ...Array.from(weights!)],
            mask: [0, ...Array.from(mask)],
          })),
        }));
        const plain = objective(config, groups);
        const wider = objective(config, padded);
        expect(wider.loss).toBe(plain.loss);
        expect(wider.coefficients.flat().map((row) => [...row.slice(1)])).toEqual(
          plain.coefficients.flat().map((row) => [...row]),
        );
        expect(wider.coefficients.flat().every((row) => row[0] === 0)).toBe(true);
        expect(wider.metrics).toEqual(plain.metrics);
      }),
    );
  });

  test("with weights of 1 is exactly what it is without weights", () => {
    fc.assert(
      fc.property(arbitraryGroups, (groups) => {
        const weighted = (weights: number | undefined) =>
          groups.map(({ rewards, completions }) => ({
            rewards,
            completions: completions.map(({ logprobs, oldLogprobs, mask }) => ({
              logprobs,
              oldLogprobs,
              mask,
              weights: weights === undefined ? undefined : Array.from(mask, () => weights),
            })),
          }));
        expect(objective(grpo, weighted(1))).toEqual(objective(grpo, weighted(undefined)));
      }),
    );
  });

  test("follows a permutation of groups and of completions", () => {
    fc.assert(
      fc.property(arbitraryGroups, (groups) => {
        const turned = groups.toReversed().map(({ rewards, completions }) => ({
          rewards: Array.from(rewards).reverse(),
          completions: completions.toReversed(),
        }));
        const a = objective({ kind: "grpo", aggregation: "token-mean" }, groups);
        const b = objective({ kind: "grpo", aggregation: "token-mean" }, turned);
        expect(b.loss).toBeCloseTo(a.loss, 10);
        const back = b.coefficients.toReversed().map((group) => group.toReversed());
        expect(flat(back)).toBeAllclose(flat(a.coefficients), { rtol: 1e-9, atol: 1e-12 });
      }),
    );
  });

  test("reports ratios, clip shares and weights of the counted tokens", () => {
    const groups = [
      {
        rewards: [1, 0],
        completions: [
          completion([ln(0.5), ln(0.5)], { oldLogprobs: [ln(0.5), ln(0.25)], weights: [3, 1] }),
          completion([ln(0.25), -1], { oldLogprobs: [ln(0.5), -9], mask: [1, 0] }),
        ],
      },
    ];
    const { metrics } = objective(grpo, groups);
    expect(metrics).toMatchObject({ groups: 1, completions: 2, tokens: 3, weightMax: 3 });
    expect(metrics.ratioMean).toBeCloseTo(3.5 / 3, 12);
    expect([metrics.ratioMin, metrics.ratioMax]).toBeAllclose([0.5, 2]);
    expect([metrics.clipLowShare, metrics.clipHighShare]).toBeAllclose([1 / 3, 1 / 3]);
    expect(metrics.weightMean).toBeCloseTo(5 / 3, 12);
    expect(metrics.effectiveTokens).toBeCloseTo((1.6 + 1) / 2, 12);
  });
});

describe("objective, tokens far from the policy that sampled them", () => {
  /** exp(1300) is beyond the range of doubles. */
  const far = { logprobs: [-1, -1], oldLogprobs: [-1, -1301] };
  const kinds = ["grpo", "dr-grpo", "dapo", "gspo", "sapo", "cispo", "reinforce"] as const;

  test.each(kinds)("of weight 0 change neither the loss of %s nor its ratios", (kind) => {
    const batch = (weights: number[], oldLogprobs: number[]): ObjectiveGroup[] => [
      {
        rewards: [1, 0],
        completions: [completion(far.logprobs, { oldLogprobs, weights }), completion([-1, -1])],
      },
    ];
    const { loss, coefficients, metrics } = objective({ kind }, batch([1, 0], far.oldLogprobs));
    expect(Number.isFinite(loss)).toBe(true);
    expect(flat(coefficients).every(Number.isFinite)).toBe(true);
    expect(numbersOf(metrics).every(Number.isFinite)).toBe(true);
    if (kind !== "gspo") {
      expect(metrics).toMatchObject({ ratioMean: 1, ratioMin: 1, ratioMax: 1 });
      expect(loss).toBe(objective({ kind }, batch([1, 0], [-1, -1])).loss);
    }
  });

  test("that a clip holds leave finite ratios", () => {
    const groups = [{ rewards: [1, 0], completions: [completion(far.logprobs, far), completion([-1, -1])] }];
    const { loss, metrics } = objective(grpo, groups);
    expect(Number.isFinite(loss)).toBe(true);
    expect(metrics.ratioMax).toBe(1e100);
    expect(metrics.ratioMean).toBe(1e100 / 4);
  });

  test("of the reference leave a finite divergence where it is only measured", () => {
    const away = completion([-1301, -1], { refLogprobs: [-1, -1] });
    const { metrics } = objective({ kind: "grpo", klCoefficient: 0 }, [
      { rewards: [1, 0], completions: [away, away] },
    ]);
    expect(metrics.kl).toBe(1e100 / 2);
  });

  test("whose weights are all 0 have no ratio in the metrics", () => {
    const silent = completion(far.logprobs, { oldLogprobs: far.oldLogprobs, weights: [0, 0] });
    const { metrics } = objective(grpo, [{ rewards: [1, 0], completions: [silent, silent] }]);
    expect(metrics).toMatchObject({ tokens: 4, ratioMean: 1, ratioMin: 1, ratioMax: 1 });
  });
});

describe("objective, bad input", () => {
  const good = () => completion([-1, -2]);
  const group = (bad: ObjectiveCompletion): ObjectiveGroup[] => [
    { rewards: [1, 0], completions: [good(), good()] },
    { rewards: [1, 0], completions: [good(), bad] },
  ];

  test.each([
    ["oldLogprobs", { ...good(), oldLogprobs: [-1] }],
    ["mask", { ...good(), mask: [1] }],
    ["weights", { ...good(), weights: [1, 1, 1] }],
    ["refLogprobs", { ...good(), refLogprobs: [] }],
  ])("%s of another length is a ShapeError that names the completion", (name, bad) => {
    expect(() => objective(grpo, group(bad))).toThrow(ShapeError);
    expect(() => objective(grpo, group(bad))).toThrow(new RegExp(`^${name}: .*completion 1 of group 1`));
  });

  test.each([
    ["a NaN log-prob", { ...good(), logprobs: [-1, Number.NaN] }],
    ["an infinite old log-prob", { ...good(), oldLogprobs: [-1, -Infinity] }],
    ["a NaN weight", { ...good(), weights: [1, Number.NaN] }],
    ["a mask that is not 0 or 1", { ...good(), mask: [1, 2] }],
  ])("%s is a NumericError", (_, bad) => {
    expect(() => objective(grpo, group(bad))).toThrow(NumericError);
  });

  test.each(["logprobs", "oldLogprobs", "mask"])(
    "%s that plain JavaScript left out is a ShapeError",
    (name) => {
      const bad = { ...good(), [name]: undefined } as unknown as ObjectiveCompletion;
      expect(() => objective(grpo, group(bad))).toThrow(ShapeError);
      expect(() => objective(grpo, group(bad))).toThrow(
        `${name}: expected an array, got undefined (completion 1`,
      );
    },
  );

  test("as many rewards as completions are needed", () => {
    expect(() => objective(grpo, [{ rewards: [1], completions: [good(), good()] }])).toThrow(ShapeError);
  });

  test("a KL term without reference log-probs is a ConfigError", () => {
    expect(() => objective({ kind: "grpo", klCoefficient: 0.1 }, group(good()))).toThrow(ConfigError);
  });

  test("an unknown key, kind or value is a ConfigError that says what is possible", () => {
    const wrong = (config: unknown) => () => objective(config as AlgorithmInput, []);
    expect(wrong({ kind: "grpo", clipLo: 0.2 })).toThrow(ConfigError);
    expect(wrong({ kind: "grpo", clipLo: 0.2 })).toThrow(/"clipLo"; grpo has .*clipLow/);
    expect(wrong({ kind: "grppo" })).toThrow(/algorithm.kind: expected one of grpo.*got "grppo"/);
    expect(wrong({})).toThrow(ConfigError);
    expect(wrong(undefined)).toThrow(ConfigError);
    expect(wrong({ kind: "grpo", clipLow: -1 })).toThrow(/algorithm.clipLow/);
    expect(wrong({ kind: "grpo", aggregation: "mean" })).toThrow(ConfigError);
    expect(wrong({ kind: "grpo", dualClip: 1 })).toThrow(ConfigError);
  });
});
