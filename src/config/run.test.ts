import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import type { Engine } from "../engine/index.ts";
import { ConfigError, EngineError, ModelError, RunError } from "../errors/index.ts";
import { stopAfter } from "../testing/stop-after.ts";
import { digitsFakeEngine, freshPath, openFakeEngine, steadyClock, tinyConfig } from "../testing/tiny-run.ts";
import type { RunEvent } from "../train/loop/events.ts";
import { type RunOptions, runTraining, runWarmStart } from "./run.ts";

/** A run with the fake engine, whose overrides are laid on it. */
function tinyRun(path: string, flags: readonly string[] = [], overrides: Partial<Engine> = {}): RunOptions {
  return {
    config: tinyConfig(...flags),
    runDirectory: path,
    openEngine: async () => ({ ...digitsFakeEngine(), ...overrides }),
    clock: steadyClock(),
  };
}

const lines = (path: string) =>
  readFileSync(path, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);

const withoutTiming = (path: string) =>
  lines(join(path, "metrics.jsonl")).map(({ timing: _timing, ...record }) => record);

const weights = (path: string) => readFileSync(join(path, "fake-policy.bin"));

describe("a run", () => {
  test("leaves the run directory that docs/run-directory.md describes", async () => {
    const path = freshPath();
    const result = await runTraining(tinyRun(path, ["train.evaluateEvery=2", "train.evaluateProblems=4"]));
    expect(result).toEqual({
      status: "finished",
      completed: 4,
      runDirectory: path,
      model: join(path, "model"),
    });
    expect(readdirSync(path).sort()).toEqual([
      "checkpoints",
      "config.json",
      "end.json",
      "environment.json",
      "metrics.jsonl",
      "model",
      "rollout-index.jsonl",
      "rollouts",
    ]);
    expect(JSON.parse(readFileSync(join(path, "config.json"), "utf8"))).toMatchObject({
      version: 1,
      kind: "train",
      config: { train: { iterations: 4 } },
      data: { train: expect.stringContaining("split=train") },
    });
    expect(JSON.parse(readFileSync(join(path, "environment.json"), "utf8"))).toMatchObject({
      version: 1,
      fovea: expect.stringMatching(/^\d/),
      node: process.version,
    });
    expect(readdirSync(join(path, "rollouts"))).toEqual([
      "000001.jsonl",
      "000002.jsonl",
      "000003.jsonl",
      "000004.jsonl",
    ]);
    expect(readdirSync(join(path, "checkpoints"))).toEqual(["000002", "000004"]);
    const records = lines(join(path, "metrics.jsonl")).map(({ event, iteration }) => [event, iteration]);
    expect(records).toEqual([
      ["evaluation", 0],
      ["iteration", 1],
      ["iteration", 2],
      ["evaluation", 2],
      ["iteration", 3],
      ["iteration", 4],
      ["evaluation", 4],
    ]);
  });

  test("reports every metric, each a finite number", async () => {
    const path = freshPath();
    await runTraining(tinyRun(path));
    const [, second] = lines(join(path, "metrics.jsonl"));
    const names = [
      "reward accuracy groupSpread groupsWithoutSpread completionTokensMean completionTokensMax truncatedShare",
      "entropy kl loss ratioMean ratioMin ratioMax clipLowShare clipHighShare gradientNorm weightMean weightMax",
      "effectiveTokens alignment steps skippedSteps learningRate tokens",
    ].flatMap((row) => row.split(" "));
    for (const name of names) expect(second?.[name], name).toSatisfy(Number.isFinite);
    expect(Object.keys(second?.["rewardParts"] as object)).toContain("accuracy");
    const roles = second?.["roles"] as Record<string, number>;
    expect((roles["visual"] ?? 0) + (roles["text"] ?? 0) + (roles["neutral"] ?? 0)).toBeCloseTo(1);
    const timing = second?.["timing"] as Record<string, number>;
    for (const phase of ["sample", "verify", "credit", "score", "update", "total"]) {
      expect(timing[`${phase}Seconds`], phase).toSatisfy(Number.isFinite);
    }
    expect(timing["tokensPerSecond"]).toBeGreaterThan(0);
  });

  test("writes rollouts whose arrays have one entry per token", async () => {
    const path = freshPath();
    await runTraining(tinyRun(path, ["train.rolloutGroups=2"]));
    const rollouts = lines(join(path, "rollouts", "000001.jsonl"));
    expect(rollouts).toHaveLength(16);
    for (const rollout of rollouts) {
      const { length } = rollout["tokens"] as unknown[];
      for (const name of ["tokenTexts", "logprobs", "entropy"]) expect(rollout[name]).toHaveLength(length);
      if ("weights" in rollout) expect(rollout["weights"]).toHaveLength(length);
      expect((rollout["tokenTexts"] as string[]).join("")).toBe(rollout["completion"]);
    }
  });

  test("raises the reward", async () => {
    const path = freshPath();
    const events: RunEvent[] = [];
    const flags = ["train.iterations=30", "train.checkpointEvery=0", "train.rolloutsEvery=0"];
    await runTraining({ ...tinyRun(path, flags), onEvent: (event) => events.push(event) });
    const rewards = events.flatMap((event) => (event.event === "iteration" ? [event.reward] : []));
    const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
    expect(mean(rewards.slice(-8))).toBeGreaterThan(mean(rewards.slice(0, 8)) + 0.05);
  });

  test("is the same twice, and another from another seed", async () => {
    const [first, second, other] = [freshPath(), freshPath(), freshPath()];
    await runTraining(tinyRun(first));
    await runTraining(tinyRun(second));
    await runTraining(tinyRun(other, ["train.seed=1"]));
    expect(withoutTiming(second)).toEqual(withoutTiming(first));
    expect(withoutTiming(other)).not.toEqual(withoutTiming(first));
  });
});

describe("an interrupted run", () => {
  test.each([1, 2, 3])("that is resumed after iteration %i ends as if it had never stopped", async (stop) => {
    const [straight, broken] = [freshPath(), freshPath()];
    const flags = ["train.evaluateEvery=2", "train.evaluateProblems=4", "train.minibatches=2"];
    await runTraining(tinyRun(straight, flags));
    const first = await runTraining({ ...tinyRun(broken, flags), ...stopAfter(stop) });
    expect(first).toEqual({ status: "interrupted", completed: stop, runDirectory: broken });
    expect(existsSync(join(broken, "model"))).toBe(false);
    const second = await runTraining({ ...tinyRun(broken, flags), resume: true });
    expect(second.status).toBe("finished");

    expect(withoutTiming(broken)).toEqual(withoutTiming(straight));
    expect(weights(join(broken, "model")).equals(weights(join(straight, "model")))).toBe(true);
    for (const name of readdirSync(join(straight, "rollouts"))) {
      expect(readFileSync(join(broken, "rollouts", name), "utf8")).toBe(
        readFileSync(join(straight, "rollouts", name), "utf8"),
      );
    }
    const trainer = (path: string) =>
      readFileSync(join(path, "checkpoints", "000004", "trainer.json"), "utf8");
    expect(trainer(broken)).toBe(trainer(straight));
  });

  test.each([
    ["dynamic sampling", ["train.dynamicSampling.maxAttempts=3", "train.groupSize=3", "train.minibatches=2"]],
    ["replay", ["train.replay={}", "train.groupSize=3", "train.minibatches=2"]],
    ["a value head", ["algorithm=ppo", "algorithm.baseline=values", "train.minibatches=2"]],
    ["pairs", ["algorithm=dpo", "train.minibatches=2"]],
  ])("with %s ends as if it had never stopped", async (_, flags) => {
    const [straight, broken] = [freshPath(), freshPath()];
    await runTraining(tinyRun(straight, flags));
    await runTraining({ ...tinyRun(broken, flags), ...stopAfter(3) });
    await runTraining({ ...tinyRun(broken, flags), resume: true });
    expect(withoutTiming(broken)).toEqual(withoutTiming(straight));
    expect(weights(join(broken, "model")).equals(weights(join(straight, "model")))).toBe(true);
    const records = withoutTiming(straight);
    expect(records.every(({ skippedSteps }) => skippedSteps === 0)).toBe(true);
  });

  test("forgets what was written after its newest checkpoint", async () => {
    const [straight, broken] = [freshPath(), freshPath()];
    await runTraining(tinyRun(straight));
    let samples = 0;
    const engine = digitsFakeEngine();
    const options = tinyRun(broken, [], {
      ...engine,
      sample: (request) => {
        samples += 1;
        return samples === 4 ? Promise.reject(new EngineError("the power went out")) : engine.sample(request);
      },
    });
    await expect(runTraining(options)).rejects.toThrow("the power went out");
    expect(lines(join(broken, "metrics.jsonl"))).toHaveLength(3);
    writeFileSync(join(broken, "metrics.jsonl"), '{"event":"iteration","itera', { flag: "a" });
    await runTraining({ ...tinyRun(broken), resume: true });
    expect(withoutTiming(broken)).toEqual(withoutTiming(straight));
  });

  test("is refused with another configuration, naming what differs", async () => {
    const path = freshPath();
    await runTraining({ ...tinyRun(path), ...stopAfter(1) });
    const before = readFileSync(join(path, "metrics.jsonl"), "utf8");
    const other = runTraining({
      ...tinyRun(path, ["train.learningRate=0.1", "credit=uniform"]),
      resume: true,
    });
    await expect(other).rejects.toThrow(RunError);
    await expect(other).rejects.toThrow("train.learningRate: 0.05 before, 0.1 now");
    await expect(other).rejects.toThrow('credit.kind: "dyco-rl" before, "uniform" now');
    expect(readFileSync(join(path, "metrics.jsonl"), "utf8")).toBe(before);
  });

  test("is refused with other data, naming the fingerprint", async () => {
    const path = freshPath();
    await runTraining({ ...tinyRun(path), ...stopAfter(1) });
    const file = join(path, "config.json");
    writeFileSync(file, readFileSync(file, "utf8").replace(/scans=[0-9a-f]{6}/, "scans=000000"));
    await expect(runTraining({ ...tinyRun(path), resume: true })).rejects.toThrow("data fingerprint.train");
  });
});

describe("before anything is written", () => {
  test.each([
    ["a directory that holds a run", ["config.json"], "already holds a run"],
    ["a directory that holds something else", ["photo.png"], "is not empty"],
  ])("%s is refused", async (_, files, message) => {
    const path = freshPath();
    await runTraining(tinyRun(path, ["train.iterations=1"]));
    if (files[0] !== "config.json") {
      for (const name of readdirSync(path))
        if (name === "config.json") writeFileSync(join(path, "photo.png"), "");
      const { rmSync } = await import("node:fs");
      rmSync(join(path, "config.json"));
    }
    await expect(runTraining(tinyRun(path))).rejects.toThrow(ConfigError);
    await expect(runTraining(tinyRun(path))).rejects.toThrow(message);
  });

  test("a reward module that is not there is refused, and no engine is opened", async () => {
    const openEngine = vi.fn(async () => openFakeEngine());
    const run = tinyRun(freshPath(), ["reward=[{module: /nowhere/reward.mjs}]"]);
    await expect(runTraining({ ...run, openEngine })).rejects.toThrow("/nowhere/reward.mjs");
    expect(openEngine).not.toHaveBeenCalled();
  });

  test("a model directory that is not there is refused", async () => {
    const path = freshPath();
    await expect(runTraining(tinyRun(path, ["model=/nowhere"]))).rejects.toThrow(ModelError);
    expect(existsSync(path)).toBe(false);
  });

  test("an engine without attention is refused for a credit method that needs it, naming both", async () => {
    const path = freshPath();
    const run = runTraining(tinyRun(path, [], { capabilities: new Set(["entropy", "reference"] as const) }));
    await expect(run).rejects.toThrow('credit.kind "dyco-rl" needs the engine capability "attention"');
    expect(existsSync(path)).toBe(false);
  });

  test.each([
    [
      ["algorithm=ppo", "algorithm.baseline=values"],
      'algorithm.baseline "values" needs the engine capability "value"',
    ],
    [
      ["algorithm.entropyCoefficient=0.1"],
      'entropyCoefficient above 0 needs the engine capability "entropy-gradient"',
    ],
    [
      ["algorithm.klCoefficient=0.1", "algorithm.klPlacement=reward"],
      'needs the engine capability "reference"',
    ],
    [["algorithm=dpo"], 'algorithm.kind "dpo" needs the engine capability "reference"'],
  ])("an engine that can only sample is refused for %j", async (flags, message) => {
    const path = freshPath();
    const all = ["credit=uniform", "train.reportKlEvery=0", ...flags];
    const run = runTraining(tinyRun(path, all, { capabilities: new Set() }));
    await expect(run).rejects.toThrow(message);
    expect(existsSync(path)).toBe(false);
  });

  test("a directory without a run cannot be resumed", async () => {
    await expect(runTraining({ ...tinyRun(freshPath()), resume: true })).rejects.toThrow(RunError);
  });
});

describe("what goes wrong in a run", () => {
  test("a gradient that is not finite skips its step, leaves the weights and is counted", async () => {
    const path = freshPath();
    const engine = digitsFakeEngine();
    let updates = 0;
    const run = tinyRun(path, [], {
      ...engine,
      accumulate: (sequences, coefficients, options) => {
        updates += 1;
        const broken = updates === 2 ? coefficients.map((own) => own.map(() => Number.NaN)) : coefficients;
        return engine.accumulate(sequences, broken, options);
      },
    });
    expect((await runTraining(run)).status).toBe("finished");
    const records = withoutTiming(path);
    expect(records.map(({ skippedSteps }) => skippedSteps)).toEqual([0, 1, 0, 0]);
    expect(records[1]?.["skipReason"]).toBe("the gradient's norm is NaN");
    const { state } = JSON.parse(
      readFileSync(join(path, "checkpoints", "000004", "trainer.json"), "utf8"),
    ) as {
      state: { totals: object };
    };
    expect(state.totals).toMatchObject({ steps: 3, skippedSteps: 1 });
  });

  test("log-probs that are not finite skip the step as well", async () => {
    const path = freshPath();
    const engine = digitsFakeEngine();
    let rounds = 0;
    const run = tinyRun(path, [], {
      ...engine,
      sample: async (request) => {
        rounds += 1;
        const groups = await engine.sample(request);
        const spoilt = (logprobs: Float64Array) => (rounds === 1 ? logprobs.map(() => Number.NaN) : logprobs);
        return groups.map((group) => group.map((own) => ({ ...own, logprobs: spoilt(own.logprobs) })));
      },
    });
    await runTraining(run);
    expect(withoutTiming(path).map(({ skippedSteps }) => skippedSteps)).toEqual([1, 0, 0, 0]);
  });

  test("skips in a row stop the run, and the last checkpoint stays", async () => {
    const path = freshPath();
    const engine = digitsFakeEngine();
    let updates = 0;
    const run = tinyRun(path, ["train.iterations=20", "train.maxConsecutiveSkips=3"], {
      ...engine,
      accumulate: (sequences, coefficients, options) => {
        updates += 1;
        const broken = updates > 3 ? coefficients.map((own) => own.map(() => Number.NaN)) : coefficients;
        return engine.accumulate(sequences, broken, options);
      },
    });
    await expect(runTraining(run)).rejects.toThrow(
      /3 steps in a row were skipped.*norm is NaN.*checkpoints\/00000/,
    );
    expect(withoutTiming(path).filter(({ event }) => event === "iteration")).toHaveLength(6);
  });

  test("a full disk while saving stops the run, and the last good checkpoint can be resumed from", async () => {
    const [straight, path] = [freshPath(), freshPath()];
    await runTraining(tinyRun(straight));
    const engine = digitsFakeEngine();
    let saves = 0;
    const run = tinyRun(path, [], {
      ...engine,
      save: async (directory, options) => {
        saves += 1;
        await engine.save(directory, options);
        if (saves === 2)
          throw Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });
      },
    });
    const failed = runTraining(run);
    await expect(failed).rejects.toThrow(/no space left on the disk; the last good one is .*000002/);
    expect(readdirSync(join(path, "checkpoints"))).toEqual(["000002"]);
    await runTraining({ ...tinyRun(path), resume: true });
    expect(withoutTiming(path)).toEqual(withoutTiming(straight));
  });
});

describe("a warm start", () => {
  const flags = ["sft.steps=6", "sft.batchSize=4", "sft.learningRate=0.05", "sft.reportEvery=1"];
  const warmStart = (path: string, more: readonly string[] = []): RunOptions => ({
    ...tinyRun(path, [...flags, ...more]),
    openEngine: async () => openFakeEngine(),
  });

  test("lowers the loss on its demonstrations", async () => {
    const path = freshPath();
    await runWarmStart(warmStart(path, ["sft.steps=20"]));
    const losses = withoutTiming(path).map(({ loss }) => Number(loss));
    expect(losses).toHaveLength(20);
    expect(losses.at(-1)).toBeLessThan(losses[0]! - 1);
  });

  test("that is resumed ends as if it had never stopped", async () => {
    const [straight, broken] = [freshPath(), freshPath()];
    await runWarmStart(warmStart(straight));
    expect(await runWarmStart({ ...warmStart(broken), ...stopAfter(3) })).toMatchObject({ completed: 3 });
    await runWarmStart({ ...warmStart(broken), resume: true });
    expect(withoutTiming(broken)).toEqual(withoutTiming(straight));
    expect(weights(join(broken, "model")).equals(weights(join(straight, "model")))).toBe(true);
  });

  test("comes first in a run with the built-in model, and an interruption in it can be resumed", async () => {
    const [straight, broken] = [freshPath(), freshPath()];
    await runTraining(warmStart(straight, ["train.iterations=2"]));
    expect(existsSync(join(straight, "warm-start", "config.json"))).toBe(true);
    const first = await runTraining({ ...warmStart(broken, ["train.iterations=2"]), ...stopAfter(3) });
    expect(first.status).toBe("interrupted");
    await runTraining({ ...warmStart(broken, ["train.iterations=2"]), resume: true });
    expect(withoutTiming(broken)).toEqual(withoutTiming(straight));
    expect(weights(join(broken, "model")).equals(weights(join(straight, "model")))).toBe(true);
  });

  test("of no steps is refused", async () => {
    await expect(runWarmStart(tinyRun(freshPath()))).rejects.toThrow("sft.steps: expected at least 1");
  });
});
