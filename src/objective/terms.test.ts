import { describe, expect, test } from "vitest";
import { ConfigError, NumericError } from "../errors/index.ts";
import { klEstimators } from "../math/index.ts";
import { batch, flat, numbersOf } from "../testing/objective-batch.ts";
import { algorithmNeeds } from "./needs.ts";
import { objective } from "./objective.ts";
import { type AlgorithmInput, algorithmSchema, resolveAlgorithm } from "./registry.ts";
import { tokenAdvantages } from "./token-advantages.ts";
import type { ObjectiveCompletion, ObjectiveGroup } from "./types.ts";

const completion = (logprobs: number[], rest: Partial<ObjectiveCompletion> = {}): ObjectiveCompletion => ({
  logprobs,
  oldLogprobs: logprobs,
  mask: logprobs.map(() => 1),
  ...rest,
});
const kinds = algorithmSchema.options.map(({ shape }) => shape.kind.value);
const tokenKinds = kinds.filter((kind) => kind !== "dpo");
const unweighted = (groups: ReturnType<typeof batch>) =>
  groups.map(({ rewards, completions }) => ({
    rewards,
    completions: completions.map((tokens) => ({ ...tokens, weights: undefined })),
  }));

describe("KL in the reward", () => {
  test.each(["k1", "k2", "k3"] as const)(
    "%s is taken off the completion's reward, summed over its tokens",
    (klEstimator) => {
      const groups = unweighted(batch());
      const config: AlgorithmInput = { kind: "grpo", klCoefficient: 0.3, klEstimator, klPlacement: "reward" };
      const shaped = groups.map(({ rewards, completions }) => ({
        rewards: completions.map(({ oldLogprobs, refLogprobs, mask }, i) =>
          mask.reduce(
            (reward, counts, t) =>
              counts === 0
                ? reward
                : reward - 0.3 * klEstimators[klEstimator](oldLogprobs[t]!, refLogprobs[t]!).value,
            rewards[i]!,
          ),
        ),
        completions,
      }));
      const found = objective(config, groups);
      const expected = objective({ kind: "grpo" }, shaped);
      expect(found.loss).toBeCloseTo(expected.loss, 12);
      expect(flat(found.coefficients)).toBeAllclose(flat(expected.coefficients));
      expect(found.metrics.rewardMean).toBe(0.5);
    },
  );

  test("has no gradient of its own: the policy's log-probs do not enter", () => {
    const groups = [
      {
        rewards: [1, 1],
        completions: [
          completion([-1], { oldLogprobs: [-1], refLogprobs: [-2] }),
          completion([-1], { oldLogprobs: [-1], refLogprobs: [-1] }),
        ],
      },
    ];
    const config: AlgorithmInput = {
      kind: "reinforce",
      klCoefficient: 0.5,
      klEstimator: "k1",
      klPlacement: "reward",
    };
    // Outcomes 1 − 0.5 and 1, mean 0.75.
    expect(flat(objective(config, groups).coefficients)).toBeAllclose([-0.125, 0.125]);
  });

  test("is at its token where advantages are of tokens", () => {
    const groups = [
      { rewards: [1], completions: [completion([-1, -1], { refLogprobs: [-1.5, -1], values: [0, 0] })] },
    ];
    const config: AlgorithmInput = {
      kind: "ppo",
      lambda: 1,
      whitenAdvantages: false,
      klCoefficient: 0.4,
      klEstimator: "k1",
      klPlacement: "reward",
    };
    expect(flat(objective(config, groups).coefficients)).toBeAllclose([0.8 / 2, 1 / 2]);
  });

  test("needs reference log-probs, as in the loss", () => {
    const config: AlgorithmInput = { kind: "grpo", klCoefficient: 0.1, klPlacement: "reward" };
    expect(() => objective(config, [{ rewards: [1], completions: [completion([-1])] }])).toThrow(ConfigError);
    expect(algorithmNeeds(resolveAlgorithm(config)).reference).toBe(true);
  });
});

describe("entropy bonus", () => {
  test.each(tokenKinds)("%s: the coefficient times the aggregation's scale, 0 at masked tokens", (kind) => {
    const groups = unweighted(batch());
    const config = { kind, entropyCoefficient: 0.01, aggregation: "sequence-mean" } as AlgorithmInput;
    const { entropyCoefficients } = objective(config, groups);
    const expected = groups.flatMap(({ completions }) =>
      completions.flatMap(({ mask }) => {
        const counted = mask.filter((counts) => counts === 1).length;
        return mask.map((counts) => (counts * 0.01) / (6 * counted));
      }),
    );
    expect(flat(entropyCoefficients!)).toBeAllclose(expected);
  });

  test("changes neither loss nor coefficients, and is absent at 0", () => {
    const groups = unweighted(batch());
    const without = objective({ kind: "dapo" }, groups);
    const { loss, coefficients, entropyCoefficients } = objective(
      { kind: "dapo", entropyCoefficient: 0.1 },
      groups,
    );
    expect(without).not.toHaveProperty("entropyCoefficients");
    expect([loss, coefficients]).toEqual([without.loss, without.coefficients]);
    const tokens = groups.flatMap(({ completions }) => completions.flatMap(({ mask }) => mask));
    const total = tokens.reduce<number>((sum, counts) => sum + counts, 0);
    expect(flat(entropyCoefficients!)).toBeAllclose(tokens.map((counts) => (0.1 * counts) / total));
  });
});

describe("truncated completions", () => {
  test.each(kinds)("%s: masked, they leave numerator and denominator but not the baseline", (kind) => {
    const groups = unweighted(batch()).map(({ rewards, completions }) => ({
      rewards,
      completions: completions.map((tokens, i) => ({ ...tokens, isTruncated: i === 2 })),
    }));
    const cleared = groups.map(({ rewards, completions }) => ({
      rewards,
      completions: completions.map((tokens) =>
        tokens.isTruncated ? { ...tokens, mask: tokens.mask.map(() => 0) } : tokens,
      ),
    }));
    const keep = objective({ kind } as AlgorithmInput, groups);
    const masked = objective({ kind, truncated: "mask" } as AlgorithmInput, groups);
    expect(masked).toEqual(objective({ kind } as AlgorithmInput, cleared));
    expect(masked.loss).not.toBe(keep.loss);
    expect([...masked.coefficients[0]![2]!].every((c) => c === 0)).toBe(true);
    expect(masked.metrics.rewardMean).toBe(keep.metrics.rewardMean);
  });

  test("masked, they leave all else of their group: other completions' rewards, parts, whitening, idleness", () => {
    const tokens = (isTruncated: boolean) => completion([-1], { isTruncated });
    const completions = [tokens(false), tokens(true)];
    const bare = [completion([-1]), completion([-1], { mask: [0] })];
    const of = (group: Omit<ObjectiveGroup, "completions">, isMasked: boolean) => {
      const own = { ...group, completions: isMasked ? completions : bare };
      const config = { kind: "grpo", truncated: isMasked ? "mask" : "keep" } as const;
      return { result: objective(config, [own]), advantages: tokenAdvantages(config, [own]) };
    };
    const rewards = [1, 0];
    for (const group of [
      { rewards: [1, 1], others: [0, 0, 1] },
      {
        rewards,
        parts: [
          { coefficient: 1, rewards },
          { coefficient: 2, rewards: [0, 1] },
        ],
      },
      { rewards, isWhitened: true },
      { rewards, isIdle: true },
    ]) {
      expect(of(group, true)).toEqual(of(group, false));
    }
    const { coefficients } = of({ rewards: [1, 1], others: [0, 0, 1] }, true).result;
    expect(coefficients[0]![0]![0]).toBeGreaterThan(0);
  });

  test.each([
    ["sequence-mean", 2 / 3],
    ["sequence-sum-norm", 2 / 3],
    ["token-mean", 1],
  ] as const)("counted, they still divide %s over completions", (aggregation, shrink) => {
    const tokens = (isTruncated: boolean) => completion([-1, -2], { isTruncated });
    const groups = [{ rewards: [1, 0, 0], completions: [tokens(false), tokens(false), tokens(true)] }];
    const at = (truncated: "mask" | "mask-and-count") =>
      objective({ kind: "grpo", aggregation, truncated }, groups);
    const [masked, counted] = [at("mask"), at("mask-and-count")];
    expect(flat(counted.coefficients)).toBeAllclose(flat(masked.coefficients).map((c) => c * shrink));
  });

  test("all of them cut is a loss of 0", () => {
    const groups = [
      {
        rewards: [1, 0],
        completions: [completion([-1], { isTruncated: true }), completion([-2], { isTruncated: true })],
      },
    ];
    const { loss, coefficients, metrics } = objective({ kind: "grpo", truncated: "mask" }, groups);
    expect(loss).toBe(0);
    expect(flat(coefficients)).toEqual([0, 0]);
    expect(numbersOf(metrics).every(Number.isFinite)).toBe(true);
  });
});

describe("bad input, every algorithm", () => {
  const config = (kind: string) => ({ kind }) as AlgorithmInput;
  const good = (tokens = 2) =>
    completion(
      Array.from({ length: tokens }, (_, t) => -1 - t),
      {
        refLogprobs: Array.from({ length: tokens }, (_, t) => -1.5 - t),
      },
    );

  test.each(kinds)(
    "%s is finite for one token, a group of one, equal and null rewards, and nothing",
    (kind) => {
      const batches = [
        [],
        [{ rewards: [], completions: [] }],
        [{ rewards: [1], completions: [good()] }],
        [{ rewards: [1, 0], completions: [good(1), good(1)] }],
        [{ rewards: [1, 1, 1], completions: [good(), good(1), good(3)] }],
        [{ rewards: [null, 1, 0], completions: [good(), good(), good(1)] }],
        [{ rewards: [null, Number.NaN], completions: [good(), good()] }],
        [{ rewards: [1, 0], completions: [good(0), good()] }],
        [{ rewards: [1, 0], completions: [good(0), good(0)] }],
        [{ rewards: [1e300, -1e300], completions: [good(), good()] }],
      ];
      for (const groups of batches) {
        const { loss, coefficients, metrics } = objective(config(kind), groups);
        expect([loss, ...flat(coefficients), ...numbersOf(metrics)].every(Number.isFinite)).toBe(true);
      }
    },
  );

  test.each(kinds)(
    "%s: NaN and infinite log-probs are a NumericError where they count, and nothing where they do not",
    (kind) => {
      for (const bad of [Number.NaN, Infinity, -Infinity]) {
        const groups = [{ rewards: [1, 0], completions: [good(), { ...good(), logprobs: [-1, bad] }] }];
        expect(() => objective(config(kind), groups)).toThrow(NumericError);
        expect(() => objective(config(kind), groups)).toThrow(/logprobs\[1\].*completion 1 of group 0/);
        const masked = [
          { rewards: [1, 0], completions: [good(), { ...good(), logprobs: [-1, bad], mask: [1, 0] }] },
        ];
        expect(Number.isFinite(objective(config(kind), masked).loss)).toBe(true);
      }
    },
  );

  test.each(kinds)("%s: an infinite reward is a NumericError", (kind) => {
    expect(() =>
      objective(config(kind), [{ rewards: [Infinity, 0], completions: [good(), good()] }]),
    ).toThrow(/rewards\[0\].*completion 0 of group 0/);
  });

  test("log-probs so far apart that the loss overflows are a NumericError, and a bound makes them finite", () => {
    const far = completion([-1], { oldLogprobs: [-2000] });
    const groups = [{ rewards: [1, 0], completions: [good(), far] }];
    expect(() => objective({ kind: "grpo" }, groups)).toThrow(NumericError);
    expect(() => objective({ kind: "grpo" }, groups)).toThrow(/too far apart.*completion 1 of group 0/);
    expect(Number.isFinite(objective({ kind: "grpo", dualClip: 3 }, groups).loss)).toBe(true);
    expect(Number.isFinite(objective({ kind: "sapo" }, groups).loss)).toBe(true);
    expect(Number.isFinite(objective({ kind: "cispo" }, groups).loss)).toBe(true);
  });
});
