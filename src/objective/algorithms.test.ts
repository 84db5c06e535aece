import { describe, expect, test } from "vitest";
import { ConfigError } from "../errors/index.ts";
import { countTokens } from "../math/index.ts";
import { batch, flat, slopes } from "../testing/objective-batch.ts";
import { keepsTokenCredit } from "./needs.ts";
import { objective } from "./objective.ts";
import { type AlgorithmInput, algorithmSchema, resolveAlgorithm } from "./registry.ts";

const tolerance = { rtol: 1e-5, atol: 1e-8 };

describe("coefficients are the derivative that central differences find", () => {
  test.each<AlgorithmInput>([
    { kind: "grpo", klCoefficient: 0.1, klEstimator: "k1" },
    { kind: "grpo", klCoefficient: 0.1, klEstimator: "k2", dualClip: 1.5 },
    { kind: "grpo", klCoefficient: 0.1, klEstimator: "k3", aggregation: "token-mean" },
    { kind: "dr-grpo", aggregation: { kind: "sequence-sum-norm", length: 9 } },
    { kind: "dapo", dualClip: 3 },
    { kind: "sapo", klCoefficient: 0.05 },
  ])("$kind $klEstimator", (config) => {
    const groups = batch();
    const { coefficients } = objective(config, groups);
    const found = slopes(config, groups, ({ logprobs }, t, step) => {
      logprobs[t]! += step;
    });
    expect(flat(coefficients)).toBeAllclose(found, tolerance);
    expect(found.some((slope) => slope !== 0)).toBe(true);
  });

  test("gspo, sequence form", () => {
    const config: AlgorithmInput = { kind: "gspo", form: "sequence", clipLow: 0.3, clipHigh: 0.3 };
    const groups = batch();
    for (const { completions } of groups) for (const tokens of completions) tokens.weights.fill(1);
    const { coefficients } = objective(config, groups);
    const found = slopes(config, groups, ({ logprobs }, t, step) => {
      logprobs[t]! += step;
    });
    expect(flat(coefficients)).toBeAllclose(found, tolerance);
  });

  test("gspo, token form: each token's own share of the sequence ratio's slope", () => {
    const config: AlgorithmInput = { kind: "gspo", clipLow: 0.3, clipHigh: 0.3 };
    const groups = batch();
    const { coefficients } = objective(config, groups);
    const oneByOne = groups.flatMap(({ completions }) =>
      completions.flatMap((tokens) => {
        const weights = tokens.weights.slice();
        const counted = tokens.mask.filter((counts) => counts === 1).length;
        return tokens.mask.map((_, t) => {
          tokens.weights.fill(0);
          tokens.weights[t] = weights[t]!;
          const loss = (step: number) => {
            tokens.logprobs[t]! += step;
            const value = objective(config, groups).loss;
            tokens.logprobs[t]! -= step;
            return value;
          };
          const slope = -(loss(1e-6) - loss(-1e-6)) / 2e-6;
          tokens.weights.set(weights);
          return slope * counted;
        });
      }),
    );
    expect(flat(coefficients)).toBeAllclose(oneByOne, tolerance);
  });

  test.each<AlgorithmInput>([
    { kind: "cispo", clipLow: 0.2, clipHigh: 0.2, klCoefficient: 0.1 },
    { kind: "reinforce", klCoefficient: 0.1 },
    { kind: "reinforce", baseline: "leave-one-out" },
    { kind: "reinforce", baseline: "none" },
  ])("$kind, whose ratio is held fixed: old log-probs move along", (config) => {
    const groups = batch();
    const { coefficients } = objective(config, groups);
    const found = slopes(config, groups, ({ logprobs, oldLogprobs }, t, step) => {
      logprobs[t]! += step;
      oldLogprobs[t]! += step;
    });
    expect(flat(coefficients)).toBeAllclose(found, tolerance);
  });
});

describe("algorithms against each other", () => {
  const kinds: AlgorithmInput[] = [
    { kind: "grpo" },
    { kind: "dapo", aggregation: "sequence-mean" },
    { kind: "sapo" },
    { kind: "gspo" },
    { kind: "cispo", aggregation: "sequence-mean" },
  ];

  test("on-policy, all that share advantage and aggregation have the same gradient", () => {
    const groups = batch(0);
    const [first, ...others] = kinds.map((config) => flat(objective(config, groups).coefficients));
    for (const other of others) expect(other).toBeAllclose(first!, { rtol: 1e-12 });
  });

  test("both forms of gspo have the same value, and without weights the same gradient", () => {
    const groups = batch().map(({ rewards, completions }) => ({
      rewards,
      completions: completions.map(({ logprobs, oldLogprobs, mask }) => ({ logprobs, oldLogprobs, mask })),
    }));
    const token = objective({ kind: "gspo", clipLow: 0.3, clipHigh: 0.3 }, groups);
    const sequence = objective({ kind: "gspo", clipLow: 0.3, clipHigh: 0.3, form: "sequence" }, groups);
    expect(sequence.loss).toBeCloseTo(token.loss, 14);
    expect(flat(sequence.coefficients)).toBeAllclose(flat(token.coefficients), { rtol: 1e-12 });
  });

  test("gspo's token form hands each token its own credit", () => {
    const groups = batch(0);
    const { coefficients } = objective({ kind: "gspo" }, groups);
    const [, , winner] = groups[0]!.completions;
    const row = objective({ kind: "gspo" }, [
      { rewards: [0, 1], completions: [groups[0]!.completions[1]!, winner!] },
    ]).coefficients[0]![1]!;
    const perWeight = [...row].slice(0, -1).map((coefficient, t) => coefficient / winner!.weights[t]!);
    expect(perWeight).toBeAllclose(perWeight.map(() => perWeight[0]!));
    expect(flat(coefficients).some((coefficient) => coefficient !== 0)).toBe(true);
  });

  test("the sequence form with token weights is a ConfigError that says why; one weight per completion is not", () => {
    const groups = batch();
    const config: AlgorithmInput = { kind: "gspo", form: "sequence" };
    expect(() => objective(config, groups)).toThrow(ConfigError);
    expect(() => objective(config, groups)).toThrow(/same gradient.*form "token".*completion 1 of group 0/);
    for (const { completions } of groups) for (const tokens of completions) tokens.weights.fill(1.5);
    expect(() => objective(config, groups)).not.toThrow();
    expect(keepsTokenCredit(resolveAlgorithm(config))).toBe(false);
    expect(keepsTokenCredit(resolveAlgorithm({ kind: "gspo" }))).toBe(true);
  });

  test("dr-grpo divides by the sampler's limit, by the most tokens that count in a completion without one", () => {
    const groups = batch();
    const limited = objective({ kind: "dr-grpo" }, groups, { maxCompletionTokens: 50 });
    const longest = objective({ kind: "dr-grpo" }, groups);
    const most = Math.max(
      ...groups.flatMap(({ completions }) => completions.map(({ mask }) => countTokens(mask))),
    );
    expect(limited.loss * 50).toBeCloseTo(longest.loss * most, 12);
    const fixed: AlgorithmInput = { kind: "dr-grpo", aggregation: { kind: "sequence-sum-norm", length: 50 } };
    expect(objective(fixed, groups, { maxCompletionTokens: 7 }).loss).toBe(limited.loss);
  });

  test("cispo never cuts a gradient off and counts the weights it held", () => {
    const groups = batch(2);
    const { coefficients, metrics } = objective({ kind: "cispo", clipLow: 0.2, clipHigh: 0.2 }, groups);
    const moving = groups.flatMap(({ rewards, completions }) =>
      completions.flatMap(({ mask }, i) => mask.map((counts) => counts === 1 && rewards[i] !== 0.5)),
    );
    expect(flat(coefficients).map((coefficient) => coefficient !== 0)).toEqual(moving);
    expect(metrics.clipLowShare).toBeGreaterThan(0);
    expect(metrics.clipHighShare).toBeGreaterThan(0);
  });

  test("reinforce without baseline pays every token its reward", () => {
    const groups = [{ rewards: [2, null], completions: batch(0)[0]!.completions.slice(0, 2) }];
    const { coefficients } = objective(
      { kind: "reinforce", baseline: "none" },
      groups.map(({ rewards, completions }) => ({
        rewards,
        completions: completions.map((tokens) => ({ ...tokens, weights: undefined })),
      })),
    );
    expect(flat(coefficients)).toBeAllclose([2 / 3, 0, 0, 0]);
  });
});

describe("algorithmSchema", () => {
  test.each([
    [
      "grpo",
      { clipLow: 0.2, clipHigh: 0.2, klCoefficient: 0, klEstimator: "k3", aggregation: "sequence-mean" },
    ],
    ["dr-grpo", { clipLow: 0.2, clipHigh: 0.2, aggregation: "sequence-sum-norm" }],
    ["dapo", { clipLow: 0.2, clipHigh: 0.28, aggregation: "token-mean" }],
    ["gspo", { clipLow: 3e-4, clipHigh: 4e-4, form: "token", aggregation: "sequence-mean" }],
    ["sapo", { temperaturePositive: 1, temperatureNegative: 1.05, aggregation: "sequence-mean" }],
    ["cispo", { clipLow: 1, clipHigh: 4, aggregation: "token-mean" }],
    ["reinforce", { baseline: "group-mean", aggregation: "token-mean" }],
  ])("%s has its published defaults", (kind, expected) => {
    expect(algorithmSchema.parse({ kind })).toMatchObject({ kind, ...expected });
  });

  test.each([
    ["sapo has no clip", { kind: "sapo", clipLow: 0.2 }],
    ["dr-grpo has no advantage scale", { kind: "dr-grpo", advantageScale: "std" }],
    ["grpo has no form", { kind: "grpo", form: "token" }],
    ["a temperature of 0", { kind: "sapo", temperaturePositive: 0 }],
    ["a constant of 0 tokens", { kind: "grpo", aggregation: { kind: "sequence-sum-norm", length: 0 } }],
  ])("rejects what does not apply: %s", (_, config) => {
    expect(algorithmSchema.safeParse(config).success).toBe(false);
  });
});
