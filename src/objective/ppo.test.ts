import { describe, expect, test } from "vitest";
import { ConfigError, NumericError } from "../errors/index.ts";
import { Rng } from "../math/index.ts";
import { batch, flat, slopes } from "../testing/objective-batch.ts";
import { objective } from "./objective.ts";
import type { AlgorithmInput } from "./registry.ts";

interface WithValues {
  values: Float64Array;
  oldValues: Float64Array;
}

/** The random batch with values that have moved since sampling. */
function valuedBatch() {
  const rng = new Rng("values");
  return batch().map(({ rewards, completions }) => ({
    rewards,
    completions: completions.map((tokens) => {
      const oldValues = tokens.logprobs.map(() => rng.uniform(0, 1));
      return { ...tokens, oldValues, values: oldValues.map((value) => value + rng.normal(0, 0.3)) };
    }),
  }));
}
const single = (logprobs: number[], values?: number[]) => ({
  logprobs,
  oldLogprobs: logprobs,
  mask: logprobs.map(() => 1),
  values,
});
const tolerance = { rtol: 1e-5, atol: 1e-8 };

describe("ppo with values", () => {
  test("has a loss and coefficients that can be checked on paper", () => {
    const config: AlgorithmInput = {
      kind: "ppo",
      lambda: 0.5,
      whitenAdvantages: false,
      valueCoefficient: 0.5,
    };
    const groups = [{ rewards: [1], completions: [single([-1, -1, -1], [0.5, 0.5, 0.5])] }];
    const { loss, coefficients, valueCoefficients, metrics } = objective(config, groups);
    // Advantages 0.125, 0.25, 0.5, returns 0.625, 0.75, 1; on-policy the surrogate is the advantage.
    expect(flat(coefficients)).toBeAllclose([0.125, 0.25, 0.5].map((advantage) => advantage / 3));
    expect(flat(valueCoefficients!)).toBeAllclose([0.125, 0.25, 0.5].map((error) => (0.5 * error) / 3));
    const squares = (0.125 ** 2 + 0.25 ** 2 + 0.5 ** 2) / 2 / 3;
    expect(loss).toBeCloseTo(-0.875 / 3 + 0.5 * squares, 12);
    expect(metrics.value!.loss).toBeCloseTo(squares, 12);
    expect(metrics.advantageMean).toBeCloseTo(0.875 / 3, 12);
  });

  test.each<AlgorithmInput>([
    { kind: "ppo" },
    { kind: "ppo", whitenAdvantages: false, aggregation: "sequence-mean", dualClip: 2 },
    { kind: "ppo", gamma: 0.9, lambda: 0.7, klCoefficient: 0.1 },
    { kind: "ppo", klCoefficient: 0.1, klPlacement: "reward", klEstimator: "k1" },
  ])("coefficients are the derivatives in log-probs and in values: %o", (config) => {
    const groups = valuedBatch();
    const { coefficients, valueCoefficients } = objective(config, groups);
    const inLogprobs = slopes(config, groups, ({ logprobs }, t, step) => {
      logprobs[t]! += step;
    });
    const inValues = slopes(config, groups, (tokens, t, step) => {
      (tokens as unknown as WithValues).values[t]! += step;
    });
    expect(flat(coefficients)).toBeAllclose(inLogprobs, tolerance);
    expect(flat(valueCoefficients!)).toBeAllclose(inValues, tolerance);
    expect(inValues.some((slope) => slope !== 0)).toBe(true);
  });

  test("token credit multiplies the token advantage and leaves the values alone", () => {
    const config: AlgorithmInput = { kind: "ppo", clipLow: 100, clipHigh: 100 };
    const weighted = valuedBatch();
    const plain = weighted.map(({ rewards, completions }) => ({
      rewards,
      completions: completions.map((tokens) => ({ ...tokens, weights: undefined })),
    }));
    const [a, b] = [objective(config, weighted), objective(config, plain)];
    const weights = weighted.flatMap(({ completions }) =>
      completions.flatMap((tokens) => [...tokens.weights]),
    );
    expect(flat(a.coefficients)).toBeAllclose(flat(b.coefficients).map((c, t) => c * weights[t]!));
    expect(a.valueCoefficients).toEqual(b.valueCoefficients);
  });

  test("whitened advantages do not change when all rewards and values are shifted", () => {
    const shifted = valuedBatch().map(({ rewards, completions }) => ({
      rewards: rewards.map((reward) => reward + 3),
      completions: completions.map((tokens) => ({
        ...tokens,
        values: tokens.values.map((value) => value + 3),
        oldValues: tokens.oldValues.map((value) => value + 3),
      })),
    }));
    const before = objective({ kind: "ppo" }, valuedBatch());
    const after = objective({ kind: "ppo" }, shifted);
    expect(flat(after.coefficients)).toBeAllclose(flat(before.coefficients), { rtol: 1e-8, atol: 1e-10 });
    expect(flat(after.valueCoefficients!)).toBeAllclose(flat(before.valueCoefficients!), { atol: 1e-10 });
  });

  test("a group whose rewards are all equal still learns, for values differ", () => {
    const groups = [{ rewards: [1, 1], completions: [single([-1], [0]), single([-1], [0.5])] }];
    const { coefficients } = objective({ kind: "ppo", whitenAdvantages: false }, groups);
    expect(flat(coefficients)).toBeAllclose([0.5, 0.25]);
  });

  test("an unscorable completion neither learns nor takes part in whitening nor teaches its values", () => {
    const scored = [single([-1, -1], [0.2, 0.4]), single([-2], [0.5])];
    const extra = single([-1, -3], [5, 9]);
    const alone = objective({ kind: "ppo" }, [{ rewards: [1, 0], completions: scored }]);
    const both = objective({ kind: "ppo" }, [{ rewards: [1, 0, null], completions: [...scored, extra] }]);
    expect([...both.coefficients[0]![2]!]).toEqual([0, 0]);
    expect([...both.valueCoefficients![0]![2]!]).toEqual([0, 0]);
    const shrink = 3 / 5;
    expect(flat(both.coefficients).slice(0, 3)).toBeAllclose(flat(alone.coefficients).map((c) => c * shrink));
    expect(both.metrics.value!.loss).toBeCloseTo(alone.metrics.value!.loss, 12);
  });

  test("is finite for one token, an empty completion, equal returns and nothing that counts", () => {
    const check = (groups: Parameters<typeof objective>[1]) => {
      const { loss, coefficients, valueCoefficients, metrics } = objective({ kind: "ppo" }, groups);
      const numbers = [loss, ...flat(coefficients), ...flat(valueCoefficients ?? [])];
      expect(numbers.every(Number.isFinite)).toBe(true);
      expect(Object.values(metrics.value ?? {}).every(Number.isFinite)).toBe(true);
    };
    check([{ rewards: [1], completions: [single([-1], [0.3])] }]);
    check([{ rewards: [1, 1], completions: [single([], []), single([-1], [0])] }]);
    check([{ rewards: [null], completions: [single([-1], [0.3])] }]);
    check([{ rewards: [1], completions: [{ ...single([-1], [Number.NaN]), mask: [0] }] }]);
  });

  test("a value that is not finite is a NumericError that names the completion", () => {
    const groups = [{ rewards: [1], completions: [single([-1], [Number.NaN])] }];
    expect(() => objective({ kind: "ppo" }, groups)).toThrow(NumericError);
    expect(() => objective({ kind: "ppo" }, groups)).toThrow(/values\[0\].*completion 0 of group 0/);
  });

  test("values of some completions only, and none where they are insisted on, are a ConfigError", () => {
    const mixed = [{ rewards: [1, 0], completions: [single([-1], [0]), single([-1])] }];
    const none = [{ rewards: [1, 0], completions: [single([-1]), single([-1])] }];
    expect(() => objective({ kind: "ppo" }, mixed)).toThrow(ConfigError);
    expect(() => objective({ kind: "ppo", baseline: "values" }, none)).toThrow(
      /needs the values of every completion.*baseline "group".*completion 0 of group 0/,
    );
  });
});

describe("ppo without values", () => {
  test("is the clipped surrogate with the group's advantages", () => {
    const groups = batch();
    const { loss, coefficients, valueCoefficients } = objective({ kind: "ppo", klCoefficient: 0.1 }, groups);
    const grpo = objective({ kind: "grpo", aggregation: "token-mean", klCoefficient: 0.1 }, groups);
    expect(loss).toBe(grpo.loss);
    expect(coefficients).toEqual(grpo.coefficients);
    expect(valueCoefficients).toBeUndefined();
  });

  test("baseline group leaves values aside", () => {
    const groups = valuedBatch();
    const { coefficients, valueCoefficients } = objective({ kind: "ppo", baseline: "group" }, groups);
    expect(coefficients).toEqual(objective({ kind: "ppo" }, batch()).coefficients);
    expect(valueCoefficients).toBeUndefined();
  });
});
