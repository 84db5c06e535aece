import { describe, expect, test } from "vitest";
import type { CreditMethod } from "../../credit/index.ts";
import type { Engine, SampleRequest, ScoreRequest, Sequence } from "../../engine/index.ts";
import { Rng } from "../../math/index.ts";
import type { Algorithm } from "../../objective/index.ts";
import type { Reward } from "../../reward/index.ts";
import { digitsFakeEngine } from "../../testing/tiny-run.ts";
import { tinyTraining } from "../../testing/tiny-training.ts";
import { groupRewards, hasSpread } from "../batch/group.ts";
import { problemOrder } from "../batch/problem-order.ts";
import { sampleGroups } from "../batch/sample-groups.ts";
import { Stopwatch } from "../loop/stopwatch.ts";
import { runIteration } from "./iteration.ts";
import type { Training } from "./training.ts";
import { minibatchesOf } from "./update-policy.ts";

/** A fake engine that writes down what it was asked. */
function recordingEngine(overrides: Partial<Engine> = {}) {
  const calls: string[] = [];
  const scored: ScoreRequest[] = [];
  const accumulated: { sequences: readonly Sequence[]; coefficients: readonly Float64Array[] }[] = [];
  const sampled: SampleRequest[] = [];
  const inner = { ...digitsFakeEngine(), ...overrides };
  const engine: Engine = {
    ...inner,
    sample: (request) => {
      calls.push("sample");
      sampled.push(request);
      return inner.sample(request);
    },
    score: (sequences, request = {}) => {
      calls.push(`score ${request.weights ?? "policy"}`);
      scored.push(request);
      return inner.score(sequences, request);
    },
    accumulate: (sequences, coefficients, options) => {
      calls.push("accumulate");
      accumulated.push({ sequences, coefficients });
      return inner.accumulate(sequences, coefficients, options);
    },
    step: (adam) => {
      calls.push("step");
      return inner.step(adam);
    },
  };
  return { engine, calls, scored, accumulated, sampled };
}

/** A reward that gives every completion the same. */
const constant = (value: number | null): Reward => ({
  name: "constant",
  score: (answered) => answered.map(() => value),
});

describe("an iteration", () => {
  test("on policy is one sampling, one gradient, one step, and no forward pass between", async () => {
    const { engine, calls } = recordingEngine();
    const { training, progress } = tinyTraining(engine, "train.reportKlEvery=0");
    const { metrics } = await runIteration(training, progress, 1);
    expect(calls).toEqual(["sample", "accumulate", "step"]);
    expect(metrics).toMatchObject({ ratioMean: 1, clipLowShare: 0, clipHighShare: 0, steps: 1 });
    expect(metrics).not.toHaveProperty("kl");
  });

  test("scores again for every minibatch except the first, whose ratios then leave 1", async () => {
    const { engine, calls } = recordingEngine();
    const { training, progress } = tinyTraining(
      engine,
      "train.reportKlEvery=0",
      "train.minibatches=3",
      "train.equalGroups=count",
      "train.groupSize=32",
    );
    const { metrics } = await runIteration(training, progress, 1);
    const update = ["accumulate", "step"];
    expect(calls).toEqual(["sample", ...update, "score policy", ...update, "score policy", ...update]);
    expect(metrics.steps).toBe(3);
    expect(metrics.ratioMin).toBeLessThan(1);
    expect(metrics.ratioMax).toBeGreaterThan(1);
  });

  test("that corrects for the sampler scores the batch once before the first step, and learns from the trainer's ratios", async () => {
    // A sampler that gives each token a quarter of a nat less than the trainer does.
    const own = digitsFakeEngine();
    const sample = async (request: SampleRequest) =>
      (await own.sample(request)).map((group) =>
        group.map((completion) => ({ ...completion, logprobs: completion.logprobs.map((l) => l - 0.25) })),
      );
    const run = async (...flags: readonly string[]) => {
      const { engine, calls, accumulated } = recordingEngine({ ...own, sample });
      const { training, progress } = tinyTraining(engine, "train.reportKlEvery=0", ...flags);
      return { ...(await runIteration(training, progress, 1)), calls, accumulated };
    };
    const truncated = await run("algorithm=grpo", "algorithm.samplerCorrection.cap=1.5");
    expect(truncated.calls).toEqual(["sample", "score policy", "accumulate", "step"]);
    // Ratios of the surrogate are 1 by the trainer's own, and every factor is e^(1/4).
    expect(truncated.metrics).toMatchObject({ correctionBeyondShare: 0 });
    expect(truncated.metrics.ratioMax).toBeCloseTo(1, 12);
    expect(truncated.metrics.correctionMean).toBeCloseTo(Math.exp(0.25), 12);
    const masked = await run(
      "algorithm=grpo",
      "algorithm.samplerCorrection.cap=1.2",
      "algorithm.samplerCorrection.beyond=mask",
    );
    expect(masked.metrics).toMatchObject({ correctionMean: 0, correctionBeyondShare: 1 });
    expect(masked.accumulated).toEqual([]);
    const plain = await run("algorithm=grpo");
    expect(plain.calls).toEqual(["sample", "accumulate", "step"]);
    expect(plain.metrics).not.toHaveProperty("correctionMean");
  });

  test("with a value head asks for values before the first step, and again for later minibatches", async () => {
    const { engine, scored, calls } = recordingEngine();
    const flags = [
      "algorithm=ppo",
      "algorithm.baseline=values",
      "train.reportKlEvery=0",
      "train.minibatches=2",
    ];
    const { training, progress } = tinyTraining(engine, ...flags);
    const { metrics } = await runIteration(training, progress, 1);
    const update = ["accumulate", "step"];
    expect(calls).toEqual(["sample", "score policy", ...update, "score policy", ...update]);
    expect(scored.every(({ values }) => values === true)).toBe(true);
    expect(metrics.usedGroups).toBe(8);
    expect(metrics.valueLoss).toBeGreaterThan(0);
  });

  test("teaches the value head what the return is", async () => {
    const flags = ["algorithm=ppo", "algorithm.baseline=values", "algorithm.lambda=1"];
    const { training, progress } = tinyTraining(digitsFakeEngine(), ...flags);
    const always: Training = { ...training, rewards: [constant(1)] };
    const losses: number[] = [];
    for (let i = 1; i <= 12; i++) losses.push((await runIteration(always, progress, i)).metrics.valueLoss!);
    expect(losses[0]).toBeCloseTo(0.5, 12);
    expect(losses.at(-1)).toBeLessThan(0.1);
  });

  test("hands the entropy bonus to the engine, and keeps entropy up by it", async () => {
    const entropyAfter = async (...flags: string[]) => {
      const { training, progress } = tinyTraining(digitsFakeEngine(), "train.learningRate=0.3", ...flags);
      for (let i = 1; i < 6; i++) await runIteration(training, progress, i);
      return (await runIteration(training, progress, 6)).metrics.entropy;
    };
    const without = await entropyAfter();
    expect(await entropyAfter("algorithm.entropyCoefficient=1")).toBeGreaterThan(without);
  });

  test("compares pairs under dpo, with the reference it needs", async () => {
    const { engine, calls } = recordingEngine();
    const { training, progress } = tinyTraining(engine, "algorithm=dpo", "train.reportKlEvery=0");
    const { metrics } = await runIteration(training, progress, 1);
    expect(calls).toEqual(["sample", "score reference", "accumulate", "step"]);
    expect(metrics.pairs).toBeGreaterThan(0);
    expect(metrics.loss).toBeCloseTo(Math.LN2, 9);
  });

  test("leaves truncated completions out of the update where asked to", async () => {
    const cutCompletions = async (...flags: string[]) => {
      const { engine, accumulated } = recordingEngine();
      const { training, progress } = tinyTraining(engine, ...flags);
      await runIteration(training, progress, 1);
      const { stopTokens } = training.dialogue;
      const { sequences } = accumulated[0]!;
      return sequences.filter(({ completion }) => !stopTokens.includes(completion.at(-1)!)).length;
    };
    expect(await cutCompletions()).toBeGreaterThan(0);
    expect(await cutCompletions("algorithm.truncated=mask")).toBe(0);
  });

  test("asks for the reference when the loss has a KL term, or when a report is due", async () => {
    const withTerm = recordingEngine();
    const first = tinyTraining(withTerm.engine, "algorithm.klCoefficient=0.1", "train.reportKlEvery=0");
    expect((await runIteration(first.training, first.progress, 1)).metrics.kl).toBeCloseTo(0);
    expect(withTerm.calls).toContain("score reference");
    const due = recordingEngine();
    const second = tinyTraining(due.engine, "train.reportKlEvery=3");
    expect((await runIteration(second.training, second.progress, 2)).metrics).not.toHaveProperty("kl");
    expect((await runIteration(second.training, second.progress, 3)).metrics.kl).toBeGreaterThan(0);
    expect(due.calls.filter((call) => call === "score reference")).toHaveLength(1);
  });

  test("takes the signals along while sampling, and no others than the credit method needs", async () => {
    const needing = recordingEngine();
    const first = tinyTraining(needing.engine, "credit.row=predicting");
    await runIteration(first.training, first.progress, 1);
    expect(needing.sampled[0]?.signals).toEqual({ attention: { row: "predicting" } });
    const uniform = recordingEngine();
    const second = tinyTraining(uniform.engine, "credit=uniform");
    const { metrics } = await runIteration(second.training, second.progress, 1);
    expect(uniform.sampled[0]).not.toHaveProperty("signals");
    expect(metrics).toMatchObject({ weightMean: 1, weightMax: 1 });
    expect(metrics).not.toHaveProperty("roles");
  });

  test("gets the same update from signals of a scoring pass when sampling brings none", async () => {
    const along = recordingEngine();
    const blind = recordingEngine({
      sample: async (request) => {
        const groups = await digitsFakeEngine().sample(request);
        return groups.map((group) => group.map(({ signals: _signals, ...completion }) => completion));
      },
    });
    for (const { engine } of [along, blind]) {
      const { training, progress } = tinyTraining(engine, "train.reportKlEvery=0");
      await runIteration(training, progress, 1);
    }
    expect(blind.calls).toEqual(["sample", "score policy", "accumulate", "step"]);
    expect(blind.scored[0]?.signals).toEqual({ attention: { row: "own" } });
    expect(blind.accumulated[0]?.coefficients).toEqual(along.accumulated[0]?.coefficients);
  });

  test("leaves groups without spread out of the update, and counts them", async () => {
    const { engine, accumulated } = recordingEngine();
    const { training, progress } = tinyTraining(engine);
    const copy = { ...progress, rng: Rng.restore(progress.rng.state()) };
    const { groups } = await sampleGroups(
      training,
      copy,
      training.credit.needs,
      new Stopwatch(training.clock),
    );
    const kept = groups.filter(hasSpread);
    expect(kept.length).toBeGreaterThan(0);
    expect(kept.length).toBeLessThan(groups.length);
    const { metrics } = await runIteration(training, progress, 1);
    expect(accumulated[0]?.sequences).toHaveLength(kept.length * training.schedule.groupSize);
    expect(metrics.groupsWithoutSpread).toBeCloseTo(1 - kept.length / groups.length);
  });

  test("takes no step when no group has spread", async () => {
    const { engine, calls } = recordingEngine();
    const { training, progress } = tinyTraining(engine);
    const { metrics, steps } = await runIteration({ ...training, rewards: [constant(null)] }, progress, 1);
    expect(calls).toEqual(["sample"]);
    expect(steps).toEqual([]);
    expect(metrics).toMatchObject({ groupsWithoutSpread: 1, steps: 0, skippedSteps: 0, unscorable: 64 });
  });

  test("gives credit the advantages that its minibatches have, also where these depend on the whole batch", async () => {
    const { training, progress } = tinyTraining(
      digitsFakeEngine(),
      "train.minibatches=3",
      "train.equalGroups=count",
    );
    const sizes: number[] = [];
    const seen: number[] = [];
    const { objective } = training;
    if (objective.unit !== "token") throw new Error("expected tokens");
    const centred: Algorithm = {
      ...objective,
      advantage: {
        needsSpread: true,
        values: "none",
        of: (groups) => {
          sizes.push(groups.length);
          const rewards = groups.flatMap((group) => Array.from(group.rewards, Number));
          const mean = rewards.reduce((sum, reward) => sum + reward, 0) / rewards.length;
          return {
            advantages: groups.map((group) =>
              group.completions.map(({ mask }, i) =>
                Float64Array.from(mask, () => Number(group.rewards[i]) - mean),
              ),
            ),
          };
        },
      },
      surrogate: (ratio, advantage, logprob) => {
        seen.push(advantage);
        return objective.surrogate(ratio, advantage, logprob);
      },
    };
    const credit: CreditMethod = {
      needs: { advantage: true },
      credit: (groups) =>
        groups.map((group) =>
          group.map(({ mask, advantage }) => ({
            weights: new Float64Array(mask.length).fill(1),
            advantageBonus: Float64Array.from(advantage as Float64Array, (own) => 1 - own),
          })),
        ),
    };
    await runIteration({ ...training, objective: centred, credit }, progress, 1);
    expect(new Set(sizes)).toEqual(new Set([8]));
    expect(seen.filter((advantage) => Math.abs(advantage - 1) < 1e-12).length).toBeGreaterThan(20);
  });

  test("with shaped rewards drops equal groups, unless a term of the loss gives them a gradient", async () => {
    const used = async (...flags: string[]) => {
      const { training, progress } = tinyTraining(digitsFakeEngine(), "train.reportKlEvery=0", ...flags);
      const credit: CreditMethod = {
        needs: { allGroups: true },
        sharesEvenly: true,
        credit: (groups) =>
          groups.map((group) =>
            group.map(({ mask }) => ({ weights: new Float64Array(mask.length).fill(1), rewardBonus: 0.5 })),
          ),
      };
      const { metrics } = await runIteration({ ...training, credit, rewards: [constant(1)] }, progress, 1);
      return metrics.usedGroups;
    };
    expect(await used("train.equalGroups=drop")).toBe(0);
    expect(await used("train.equalGroups=drop", "algorithm.klCoefficient=0.1")).toBe(8);
  });

  test("gives a right completion a positive coefficient and a wrong one a negative", async () => {
    const { engine, accumulated } = recordingEngine();
    const { training, progress } = tinyTraining(engine, "train.minibatches=1");
    await runIteration(training, progress, 1);
    const [{ sequences, coefficients } = { sequences: [], coefficients: [] }] = accumulated;
    const signs = new Set(coefficients.map((own) => Math.sign(own[0]!)));
    expect(signs).toEqual(new Set([1, -1]));
    sequences.forEach(({ completion }, i) => {
      expect(coefficients[i]).toHaveLength(completion.length);
    });
    const total = coefficients.flatMap((own) => [...own]).reduce((sum, c) => sum + c, 0);
    expect(total).toBeCloseTo(0);
  });

  test("moves the data position by its prompts and draws one seed", async () => {
    const { engine, sampled } = recordingEngine();
    const { training, progress } = tinyTraining(engine);
    await runIteration(training, progress, 1);
    await runIteration(training, progress, 2);
    expect(progress.dataPosition).toBe(16);
    expect(progress.totals).toMatchObject({ completions: 128, steps: 2 });
    expect(sampled[0]?.seed).not.toBe(sampled[1]?.seed);
    expect(sampled[0]?.prompts[0]).not.toEqual(sampled[1]?.prompts[0]);
  });
});

describe("the pieces of an iteration", () => {
  test("minibatches have a fixed size, the last fewer, and lose no group", () => {
    const sizes = (groups: readonly number[], completions: number) =>
      minibatchesOf(
        groups.map((size) => ({ group: { rollouts: Array.from({ length: size }, (_, i) => i) } })),
        completions,
      ).map((run) => run.map(({ group }) => group.rollouts.length));
    expect(sizes([8, 8, 8, 8, 8], 16)).toEqual([[8, 8], [8, 8], [8]]);
    expect(sizes([8, 8], 40)).toEqual([[8, 8]]);
    expect(sizes([], 24)).toEqual([]);
    expect(sizes([2, 1, 1, 1, 1, 2], 4)).toEqual([
      [2, 1, 1],
      [1, 1, 2],
    ]);
  });

  test("a finite source is met in full each epoch, in another order", () => {
    const source = { fingerprint: "ten", size: 10, problem: () => Promise.reject(new Error("not asked")) };
    const order = problemOrder(source, 3);
    const epochs = [0, 1].map((epoch) => Array.from({ length: 10 }, (_, i) => order(epoch * 10 + i)));
    expect(epochs[0]?.toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(epochs[1]?.toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(epochs[1]).not.toEqual(epochs[0]);
    expect(problemOrder(source, 3)(13)).toBe(epochs[1]?.[3]);
    expect(problemOrder(source, 3)(2)).toBe(epochs[0]?.[2]);
  });

  test("an empty source is refused", () => {
    const empty = {
      fingerprint: "nothing.jsonl",
      size: 0,
      problem: () => Promise.reject(new Error("not asked")),
    };
    expect(() => problemOrder(empty, 0)).toThrow("expected at least one problem, got none (nothing.jsonl)");
  });

  test("the rewards of unscorable completions are null", async () => {
    const { training, progress } = tinyTraining(digitsFakeEngine());
    const { groups } = await sampleGroups(
      { ...training, rewards: [constant(null)] },
      progress,
      {},
      new Stopwatch(() => 0),
    );
    expect(groupRewards(groups[0]!)).toEqual(new Array(8).fill(null));
  });
});
