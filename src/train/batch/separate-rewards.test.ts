import { describe, expect, test } from "vitest";
import { digitsFakeEngine } from "../../testing/tiny-run.ts";
import { tinyTraining } from "../../testing/tiny-training.ts";
import { scheduleFaults } from "../checks/schedule-faults.ts";
import { runIteration } from "../iteration/iteration.ts";
import { reinforcementPhase } from "../iteration/reinforcement.ts";
import { separateSchema } from "../schedule/separate-schema.ts";
import { followedFactors } from "./separate-rewards.ts";

const options = (rewards: object[], more: object = {}) => separateSchema.parse({ rewards, ...more });
const scored = (...scores: (number | null)[]) => [{ separate: [scores] }];

describe("factors that follow targets", () => {
  test("rise below the target, fall above it, and stay within their bounds", () => {
    const one = options([{ name: "a", target: 0.95 }], { leastScores: 2 });
    expect(followedFactors([1], scored(0.5, 0.5), one)).toEqual([expect.closeTo(1 + 0.05 * 0.45, 12)]);
    expect(followedFactors([1], scored(1, 1), one)).toEqual([expect.closeTo(1 - 0.05 * 0.05, 12)]);
    expect(followedFactors([5], scored(0, 0), one)).toEqual([5]);
    expect(followedFactors([0], scored(1, 1), one)).toEqual([0]);
  });

  test("stay without a target, with too few scores, and without any", () => {
    expect(followedFactors([2], scored(0, 0), options([{ name: "a" }], { leastScores: 1 }))).toEqual([2]);
    const eight = options([{ name: "a", target: 1 }]);
    expect(followedFactors([1], scored(...Array(7).fill(0), null), eight)).toEqual([1]);
    expect(followedFactors([1], scored(...Array(8).fill(0)), eight)).toEqual([1.05]);
    expect(followedFactors([1], [{}], eight)).toEqual([1]);
  });
});

const FAITHFUL = [
  "credit=uniform",
  "train.reportKlEvery=0",
  "reward=[accuracy, {kind: format, weight: 0.1}, {kind: length, min: 1, max: 2}]",
];
const SEPARATE = "train.separate={rewards: [{name: length, target: 0.9, weight: 1}], leastScores: 1}";

describe("a run with rewards normalised apart", () => {
  test("learns, reports the factor of each iteration, and follows its target", async () => {
    const { training, progress } = tinyTraining(
      digitsFakeEngine(),
      ...FAITHFUL,
      SEPARATE,
      "train.minibatches=2",
    );
    const factors: number[] = [];
    for (const iteration of [1, 2, 3]) {
      const { metrics, steps } = await runIteration(training, progress, iteration);
      expect(steps.every(({ applied }) => applied)).toBe(true);
      expect(metrics.rewardParts["length"]).toBeGreaterThanOrEqual(0);
      factors.push(metrics.rewardFactors!["length"]!);
    }
    expect(factors[0]).toBe(1);
    expect(factors[1]).toBeGreaterThan(factors[0]!);
    expect(progress.factors).toHaveLength(1);
  });

  test("takes them out of the sum of rewards", async () => {
    const { training, progress } = tinyTraining(digitsFakeEngine(), ...FAITHFUL, SEPARATE);
    const summed = tinyTraining(digitsFakeEngine(), ...FAITHFUL);
    const apart = (await runIteration(training, progress, 1)).metrics;
    const whole = (await runIteration(summed.training, summed.progress, 1)).metrics;
    expect(whole.reward - apart.reward).toBeCloseTo(0.2 * whole.rewardParts["length"]!, 12);
    expect(whole).not.toHaveProperty("rewardFactors");
  });

  test("whitened, only of right completions and with one factor alone stays finite", async () => {
    const flag = "train.separate={rewards: [{name: length, onlyRight: true}], whiten: true}";
    const { training, progress } = tinyTraining(
      digitsFakeEngine(),
      ...FAITHFUL,
      flag,
      "train.equalGroups=count",
    );
    for (const iteration of [1, 2]) {
      const { metrics, steps } = await runIteration(training, progress, iteration);
      expect(steps.every(({ applied }) => applied)).toBe(true);
      expect(
        Object.values(metrics).every((value) => typeof value !== "number" || Number.isFinite(value)),
      ).toBe(true);
    }
  });

  test("keeps its factors over a checkpoint", async () => {
    const { training } = tinyTraining(digitsFakeEngine(), ...FAITHFUL, SEPARATE);
    const phase = reinforcementPhase(training);
    await phase.run(1);
    const state = JSON.parse(JSON.stringify(phase.state().plain)) as { factors: number[] };
    expect(state.factors[0]).not.toBe(1);
    const other = reinforcementPhase(training);
    await other.restore(state, "");
    expect(other.state().plain).toEqual(state);
  });

  test("is refused for names that no reward has, and algorithms that do not compare outcomes", () => {
    const opened = (...flags: string[]) => tinyTraining(digitsFakeEngine(), ...FAITHFUL, ...flags).training;
    expect(scheduleFaults(opened(SEPARATE))).toEqual([]);
    const [misspelt] = scheduleFaults(opened("train.separate={rewards: [{name: lenght}]}"));
    expect(misspelt).toContain('got "lenght"');
    expect(() => opened(SEPARATE, "algorithm=dpo")).toThrow("train.separate");
  });
});
