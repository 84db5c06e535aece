import { describe, expect, test } from "vitest";
import { ConfigError, NumericError } from "../errors/index.ts";
import { digitsFakeEngine } from "../testing/tiny-run.ts";
import { tinyTraining } from "../testing/tiny-training.ts";
import { runIteration } from "../train/iteration/iteration.ts";
import { algorithmAt } from "./kl-schedule.ts";
import { objective } from "./objective.ts";
import { type AlgorithmInput, createAlgorithm, parseAlgorithm } from "./registry.ts";

const made = (config: AlgorithmInput) => createAlgorithm(parseAlgorithm(config));
const coefficientAt = (config: AlgorithmInput, progress: number) => {
  const algorithm = algorithmAt(made(config), progress);
  return algorithm.unit === "token" ? algorithm.kl.coefficient : undefined;
};

describe("algorithmAt", () => {
  test("has the hand values of docs/objectives.md: a cosine from 0.04 over four iterations", () => {
    const config = { kind: "grpo", klCoefficient: 0.04, klSchedule: {} } as const;
    const all = [0, 1 / 4, 2 / 4, 3 / 4].map((progress) => coefficientAt(config, progress)!);
    expect(all).toBeAllclose([0.04, 0.0341421, 0.02, 0.00585786], { atol: 1e-7 });
  });

  test("falls linearly to a share where that is asked for", () => {
    const config = {
      kind: "dapo",
      klCoefficient: 0.1,
      klSchedule: { kind: "linear", finalShare: 0.5 },
    } as const;
    expect([0, 0.5, 1].map((progress) => coefficientAt(config, progress)!)).toBeAllclose([0.1, 0.075, 0.05]);
  });

  test("is the algorithm itself without a schedule, and where pairs are compared", () => {
    for (const config of [{ kind: "grpo", klCoefficient: 0.04 }, { kind: "dpo" }] as const) {
      const algorithm = made(config);
      expect(algorithmAt(algorithm, 0.5)).toBe(algorithm);
    }
  });

  test("gives the gradient of the same algorithm with the smaller coefficient, in the loss and in the reward", () => {
    const completion = { logprobs: [-1, -2], oldLogprobs: [-1, -2], refLogprobs: [-1.5, -1], mask: [1, 1] };
    const groups = [{ rewards: [1, 0], completions: [completion, { ...completion, refLogprobs: [-1, -3] }] }];
    for (const klPlacement of ["loss", "reward"] as const) {
      const fallen = algorithmAt(
        made({ kind: "reinforce", klCoefficient: 0.04, klPlacement, klSchedule: {} }),
        0.5,
      );
      const small = made({ kind: "reinforce", klCoefficient: 0.02, klPlacement });
      expect(objective(fallen, groups).coefficients.flat()).toEqual(
        objective(small, groups).coefficients.flat(),
      );
    }
  });

  test("refuses a place outside of the run, and a schedule of no coefficient", () => {
    const algorithm = made({ kind: "grpo", klCoefficient: 0.04, klSchedule: {} });
    expect(() => algorithmAt(algorithm, 1.5)).toThrow(NumericError);
    expect(() => made({ kind: "grpo", klSchedule: {} })).toThrow(ConfigError);
    expect(() => made({ kind: "grpo", klSchedule: {} })).toThrow("algorithm.klCoefficient above 0");
  });
});

test("an iteration learns with its own coefficient and records it; without a schedule nothing is recorded", async () => {
  const coefficients = async (...flags: readonly string[]) => {
    const { training, progress } = tinyTraining(digitsFakeEngine(), "train.reportKlEvery=0", ...flags);
    await training.engine.setReference();
    const all: (number | undefined)[] = [];
    for (let iteration = 1; iteration <= 4; iteration++) {
      all.push((await runIteration(training, progress, iteration)).metrics.klCoefficient);
    }
    return all;
  };
  const scheduled = await coefficients(
    "algorithm={kind: grpo, klCoefficient: 0.04, klSchedule: {kind: linear}}",
  );
  expect(scheduled.map(Number)).toBeAllclose([0.04, 0.03, 0.02, 0.01]);
  expect(await coefficients("algorithm={kind: grpo, klCoefficient: 0.04}")).toEqual(
    Array<undefined>(4).fill(undefined),
  );
});
