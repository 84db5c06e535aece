import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ConfigError } from "../errors/index.ts";
import { batch, flat, slopes } from "../testing/objective-batch.ts";
import { objective } from "./objective.ts";
import type { AlgorithmInput } from "./registry.ts";
import type { ObjectiveCompletion } from "./types.ts";

const completion = (
  logprobs: number[],
  refLogprobs: number[],
  rest: Partial<ObjectiveCompletion> = {},
): ObjectiveCompletion => ({
  logprobs,
  oldLogprobs: logprobs,
  refLogprobs,
  mask: logprobs.map(() => 1),
  ...rest,
});
const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
const dpo: AlgorithmInput = { kind: "dpo" };

describe("dpo", () => {
  test("has a loss and coefficients that can be checked on paper", () => {
    // h = 1·0.5 + 2·0.25 = 1 for the chosen, 3·(−1) = −3 for the rejected; margin 0.5·4 = 2.
    const groups = [
      {
        rewards: [0, 1],
        completions: [
          completion([-2], [-1], { weights: [3] }),
          completion([-1, -1], [-1.5, -1.25], { weights: [1, 2] }),
        ],
      },
    ];
    const { loss, coefficients, metrics } = objective({ kind: "dpo", beta: 0.5 }, groups);
    expect(loss).toBeCloseTo(-Math.log(sigmoid(2)), 12);
    const pull = 0.5 * sigmoid(-2);
    expect(flat(coefficients)).toBeAllclose([-3 * pull, pull, 2 * pull]);
    expect(metrics.pair).toEqual({ pairs: 1, margin: 2, accuracy: 1 });
  });

  test.each<AlgorithmInput>([{ kind: "dpo" }, { kind: "dpo", beta: 1.5, pairs: "best-worst" }])(
    "coefficients are the derivative that central differences find: %o",
    (config) => {
      const groups = batch();
      const { coefficients } = objective(config, groups);
      const found = slopes(config, groups, ({ logprobs }, t, step) => {
        logprobs[t]! += step;
      });
      expect(flat(coefficients)).toBeAllclose(found, { rtol: 1e-5, atol: 1e-9 });
      expect(found.some((slope) => slope !== 0)).toBe(true);
    },
  );

  test("all pairs of unequal rewards count the same; best-worst takes one of a group", () => {
    const tokens = () => completion([-1], [-1]);
    const groups = [
      { rewards: [1, 0, 1, 0.5], completions: [tokens(), tokens(), tokens(), tokens()] },
      { rewards: [0, 1], completions: [tokens(), tokens()] },
    ];
    const all = objective({ kind: "dpo", beta: 2 }, groups);
    // Pairs of the first group: 0>1, 0>3, 2>1, 2>3, 3>1; of the second 1>0. Each pulls by 2·½ over 6 pairs.
    expect(all.metrics.pair!.pairs).toBe(6);
    expect(flat(all.coefficients)).toBeAllclose([2, -3, 2, -1, -1, 1].map((net) => net / 6));
    const ends = objective({ kind: "dpo", beta: 2, pairs: "best-worst" }, groups);
    expect(flat(ends.coefficients)).toBeAllclose([0.5, -0.5, 0, 0, -0.5, 0.5]);
  });

  test("at the reference the loss is log 2, and pairs of every kind pull alike", () => {
    const groups = batch().map(({ rewards, completions }) => ({
      rewards,
      completions: completions.map((tokens) => ({ ...tokens, refLogprobs: tokens.logprobs })),
    }));
    expect(objective(dpo, groups).loss).toBeCloseTo(Math.LN2, 12);
  });

  test("a constant added to all rewards, and any growing map of them, changes nothing", () => {
    const groups = batch();
    const mapped = groups.map(({ rewards, completions }) => ({
      rewards: rewards.map((reward) => Math.exp(3 * reward) + 5),
      completions,
    }));
    expect(objective(dpo, mapped).coefficients).toEqual(objective(dpo, groups).coefficients);
  });

  test("permuting completions permutes coefficients", () => {
    const groups = batch();
    const turned = groups.map(({ rewards, completions }) => ({
      rewards: rewards.toReversed(),
      completions: completions.toReversed(),
    }));
    const back = objective(dpo, turned).coefficients.map((group) => group.toReversed());
    expect(flat(back)).toBeAllclose(flat(objective(dpo, groups).coefficients));
  });

  test("weights of 1 are no weights, and masked tokens are never looked at", () => {
    const plain = batch().map(({ rewards, completions }) => ({
      rewards,
      completions: completions.map((tokens) => ({ ...tokens, weights: undefined })),
    }));
    const ones = plain.map(({ rewards, completions }) => ({
      rewards,
      completions: completions.map((tokens) => ({ ...tokens, weights: tokens.mask.map(() => 1) })),
    }));
    expect(objective(dpo, ones)).toEqual(objective(dpo, plain));
    const padded = plain.map(({ rewards, completions }) => ({
      rewards,
      completions: completions.map(({ logprobs, oldLogprobs, refLogprobs, mask }) => ({
        logprobs: [...logprobs, Number.NaN],
        oldLogprobs: [...oldLogprobs, 0],
        refLogprobs: [...refLogprobs, -Infinity],
        mask: [...mask, 0],
      })),
    }));
    expect(objective(dpo, padded).loss).toBe(objective(dpo, plain).loss);
  });

  test("groups without spread, of one, unscorable or empty completions make no pair", () => {
    const tokens = () => completion([-1], [-2]);
    const groups = [
      { rewards: [1, 1], completions: [tokens(), tokens()] },
      { rewards: [1], completions: [tokens()] },
      { rewards: [1, null, Number.NaN], completions: [tokens(), tokens(), tokens()] },
      { rewards: [1, 0], completions: [tokens(), completion([], [])] },
      { rewards: [1, 0], completions: [completion([-1], [-2], { mask: [0] }), tokens()] },
    ];
    for (const pairs of ["all", "best-worst"] as const) {
      const { loss, coefficients, metrics } = objective({ kind: "dpo", pairs }, groups);
      expect(loss).toBe(0);
      expect(flat(coefficients).every((c) => c === 0)).toBe(true);
      expect(metrics.pair).toEqual({ pairs: 0, margin: 0, accuracy: 0 });
    }
  });

  test("counts as right the pairs whose chosen completion rose more above the reference, ties not", () => {
    const above = (by: number) => completion([-2 + by], [-2]);
    const margins = (...pairs: [chosen: number, rejected: number][]) =>
      objective(
        { kind: "dpo", beta: 0.5 },
        pairs.map(([chosen, rejected]) => ({
          rewards: [1, 0],
          completions: [above(chosen), above(rejected)],
        })),
      ).metrics.pair;
    expect(margins([1, 0.5])).toEqual({ pairs: 1, margin: 0.25, accuracy: 1 });
    expect(margins([0.5, 1])).toEqual({ pairs: 1, margin: -0.25, accuracy: 0 });
    expect(margins([1, 1])).toEqual({ pairs: 1, margin: 0, accuracy: 0 });
    expect(margins([1, 0.5], [1, 1], [0, 1], [1, 0])).toEqual({ pairs: 4, margin: 0.0625, accuracy: 0.5 });
  });

  test("logs k3 to the reference, ratios to the sampler and weights, over the tokens that count", () => {
    const ln = Math.log;
    const first = completion([ln(0.5), -9], [ln(0.25), -1], {
      oldLogprobs: [ln(0.25), -9],
      weights: [3, 50],
      mask: [1, 0],
    });
    const second = completion([ln(0.25)], [ln(0.25)], { oldLogprobs: [ln(0.5)] });
    const { metrics } = objective(dpo, [{ rewards: [1, 0], completions: [first, second] }]);
    expect(metrics).toMatchObject({ tokens: 2, ratioMin: 0.5, ratioMax: 2, weightMean: 2, weightMax: 3 });
    expect(metrics).toMatchObject({ advantageMagnitude: 0, clipLowShare: 0, clipHighShare: 0 });
    expect(metrics.counts).toMatchObject({ advantages: 2, credited: 2, divergences: 2 });
    // d = log 2 at the first: e^−d + d − 1.
    expect(metrics.kl).toBeCloseTo((0.5 + Math.LN2 - 1) / 2, 12);
  });

  test("truncated completions can be left out of pairs", () => {
    const groups = [
      {
        rewards: [1, 0, 0],
        completions: [
          completion([-1], [-1]),
          completion([-1], [-1], { isTruncated: true }),
          completion([-1], [-1]),
        ],
      },
    ];
    expect(objective(dpo, groups).metrics.pair!.pairs).toBe(2);
    const masked = objective({ kind: "dpo", truncated: "mask" }, groups);
    expect(masked.metrics.pair!.pairs).toBe(1);
    expect(masked.coefficients[0]![1]![0]).toBe(0);
  });

  test("is finite however far policy and reference are apart", () => {
    fc.assert(
      fc.property(fc.double({ min: -1e6, max: 1e6, noNaN: true }), (gap) => {
        const groups = [
          { rewards: [1, 0], completions: [completion([-1], [-1 - gap]), completion([-1], [-1])] },
        ];
        const { loss, coefficients } = objective(dpo, groups);
        expect(loss).toBeGreaterThanOrEqual(0);
        expect([loss, ...flat(coefficients)].every(Number.isFinite)).toBe(true);
      }),
    );
  });

  test("needs reference log-probs", () => {
    const groups = [
      {
        rewards: [1, 0],
        completions: [{ logprobs: [-1], oldLogprobs: [-1], mask: [1] }, completion([-1], [-1])],
      },
    ];
    expect(() => objective(dpo, groups)).toThrow(ConfigError);
    expect(() => objective(dpo, groups)).toThrow(/dpo needs refLogprobs.*completion 0 of group 0/);
  });
});
