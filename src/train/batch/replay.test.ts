import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type RunOptions, runTraining } from "../../config/run.ts";
import { Rng } from "../../math/index.ts";
import { createAlgorithm, tokenAdvantages } from "../../objective/index.ts";
import { parseAlgorithm } from "../../objective/registry.ts";
import { stopAfter } from "../../testing/stop-after.ts";
import { temporaryDirectory } from "../../testing/temporary-directory.ts";
import { digitsFakeEngine, freshPath, steadyClock, tinyConfig } from "../../testing/tiny-run.ts";
import { tinyTraining } from "../../testing/tiny-training.ts";
import { requireSound } from "../checks/check-training.ts";
import { runIteration } from "../iteration/iteration.ts";
import { reinforcementPhase } from "../iteration/reinforcement.ts";
import type { Group, ReplayEntry, Rollout } from "./group.ts";
import { remembered, replayChances, withReplayed } from "./replay.ts";
import { readEntries, writeEntries } from "./replay-file.ts";

const REPLAY = ["train.reportKlEvery=0", "train.replay={}"];

const rollout = (value: number): Rollout => ({
  completion: {
    tokens: Int32Array.of(1, 2),
    logprobs: Float64Array.of(-0.1, -1 / 3),
    entropy: Float64Array.of(0.5, 0.25),
    stopReason: "stop",
  },
  text: "7",
  reward: { value, parts: { accuracy: value }, judgement: { extracted: "7", score: value, reason: "read" } },
});
const entry = (index: number, advantage: number): ReplayEntry => ({
  index,
  rollout: rollout(1),
  others: [0, 0],
  advantage,
});

describe("replayChances", () => {
  test("have the hand values of docs/methods/ssr.md", () => {
    expect(replayChances([1, -2], 1)).toBeAllclose([1 / 3, 2 / 3]);
    expect(replayChances([1, -2], 2)).toBeAllclose([1 / 5, 4 / 5]);
    expect(replayChances([1, -2, 1e-9], 0)).toBeAllclose([1 / 3, 1 / 3, 1 / 3]);
  });

  test("stay finite for advantages and powers however large", () => {
    expect(replayChances([1e300, -1e300], 5)).toBeAllclose([0.5, 0.5]);
  });

  test("are of any number of completions", () => {
    const many = Array.from({ length: 300_000 }, () => 1);
    expect(replayChances(many, 1)[0]).toBeCloseTo(1 / 300_000, 12);
  });
});

describe("an earlier completion", () => {
  test("has the advantage that it had in its group", () => {
    const completion = { logprobs: [-1], oldLogprobs: [-1], mask: [1] };
    const rewards = [1, 0, 0, 0.5];
    for (const kind of ["grpo", "dr-grpo", "dapo", "cispo"] as const) {
      const algorithm = createAlgorithm(parseAlgorithm({ kind }));
      const whole = tokenAdvantages(algorithm, [{ rewards, completions: rewards.map(() => completion) }]);
      rewards.forEach((reward, i) => {
        const others = rewards.toSpliced(i, 1);
        const alone = tokenAdvantages(algorithm, [{ rewards: [reward], others, completions: [completion] }]);
        expect(alone[0]![0]!).toBeAllclose(whole[0]![i]!);
      });
    }
  });

  test("is kept bitwise in a checkpoint, in a line of its own", async () => {
    const directory = temporaryDirectory();
    expect(await readEntries(directory)).toEqual([]);
    const entries = [entry(3, 1 / 3), entry(4, -2)];
    await writeEntries(directory, entries);
    expect(await readEntries(directory)).toEqual(entries);
    const lines = readFileSync(join(directory, "replay.jsonl"), "utf8").trimEnd().split("\n");
    expect(lines).toHaveLength(2);
    writeFileSync(join(directory, "replay.jsonl"), lines.join("\n").slice(0, -9));
    await expect(readEntries(directory)).rejects.toThrow("replay.jsonl: line 2 is invalid");
  });
});

describe("withReplayed", () => {
  const { training } = tinyTraining(
    digitsFakeEngine(),
    ...REPLAY,
    "train.promptsPerIteration=3",
    "train.groupSize=2",
  );
  const group = (index: number, ...rewards: number[]): Group => {
    const problem = { id: `${index}`, question: "", answers: [], columns: {}, images: [] };
    return { index, problem, prompt: { chunks: [] }, rollouts: rewards.map(rollout) };
  };
  const kept = [group(0, 1, 1), group(1, 1, 0), group(2, 0, 0)];
  const replayed = async (entries: readonly ReplayEntry[], seed = 0) =>
    (await withReplayed(training, kept, entries, new Rng(seed))).map(({ index, isReplayed, rollouts }) => [
      index,
      isReplayed ?? false,
      rollouts.length,
    ]);

  test("puts earlier completions in the places of groups whose rewards are equal", async () => {
    const found = await replayed([10, 11, 12, 13, 14].map((index) => entry(index, 1)));
    expect(found[0]).toEqual([1, false, 2]);
    expect(found.slice(1).map(([, isReplayed, size]) => [isReplayed, size])).toEqual(
      Array.from({ length: 4 }, () => [true, 1]),
    );
  });

  test("draws no more than there are, and leaves equal groups where places are left", async () => {
    expect(await replayed([])).toEqual(kept.map(({ index }) => [index, false, 2]));
    expect(await replayed([entry(10, 1)])).toEqual([
      [1, false, 2],
      [10, true, 1],
      [0, false, 2],
    ]);
  });

  test("draws the problem again from the source, and the larger advantage more often", async () => {
    const entries = [entry(10, 0.01), entry(11, 100), entry(12, 0.01), entry(13, 0.01)];
    const groups = await withReplayed(training, kept, entries, new Rng(1));
    const earlier = groups.filter(({ isReplayed }) => isReplayed);
    expect(earlier.filter(({ index }) => index === 11).length).toBeGreaterThanOrEqual(3);
    const problem = await training.source.problem(11);
    expect(earlier.find(({ index }) => index === 11)?.problem.id).toBe(problem.id);
  });
});

describe("remembered", () => {
  test("keeps the newest completions whose advantage is not 0, without replayed completions", async () => {
    const { training, progress } = tinyTraining(digitsFakeEngine(), ...REPLAY, "train.replay.capacity=0.25");
    await runIteration(training, progress, 1);
    const first = progress.replay!;
    expect(first.length).toBeGreaterThan(0);
    expect(first.length).toBeLessThanOrEqual(16);
    expect(first.every(({ advantage }) => advantage !== 0)).toBe(true);
    expect(first.every(({ rollout: { completion } }) => !("signals" in completion))).toBe(true);
    expect(remembered(training, first, [])).toEqual(first);
  });
});

test("truncated completions whose tokens are masked are not kept", async () => {
  const { training, progress } = tinyTraining(digitsFakeEngine(), ...REPLAY, "algorithm.truncated=mask");
  await runIteration(training, progress, 1);
  const reasons = progress.replay!.map(({ rollout: { completion } }) => completion.stopReason);
  expect(new Set(reasons)).toEqual(new Set(["stop"]));
});

describe("a run with replay", () => {
  test("begins as one without, and then learns from earlier completions", async () => {
    const flags = ["train.promptsPerIteration=4", "train.groupSize=4", "train.minibatches=2"];
    const plain = tinyTraining(digitsFakeEngine(), "train.reportKlEvery=0", ...flags);
    const replaying = tinyTraining(digitsFakeEngine(), ...REPLAY, ...flags);
    const { timing: _, ...alone } = (await runIteration(plain.training, plain.progress, 1)).metrics;
    const { timing: __, ...first } = (await runIteration(replaying.training, replaying.progress, 1)).metrics;
    expect(first).toEqual({ ...alone, replayed: 0 });
    let replayed = 0;
    for (let iteration = 2; iteration <= 4; iteration++) {
      const { metrics, steps } = await runIteration(replaying.training, replaying.progress, iteration);
      expect(steps.every(({ applied }) => applied)).toBe(true);
      expect(metrics.ratioMean).toBeGreaterThan(0);
      expect(metrics.usedGroups + metrics.replayed! / 4).toBeLessThanOrEqual(4);
      replayed += metrics.replayed!;
    }
    expect(replayed).toBeGreaterThan(0);
  });

  test.each(["uniform", "vgpo", "gtpo", "tpae", "tw-grpo", "tor"])(
    "trains with %s credit",
    async (credit) => {
      const { training, progress } = tinyTraining(digitsFakeEngine(), ...REPLAY, `credit=${credit}`);
      for (const iteration of [1, 2, 3]) {
        const { metrics, steps } = await runIteration(training, progress, iteration);
        expect(steps.every(({ applied }) => applied)).toBe(true);
        const numbers = Object.values(metrics).filter((value) => typeof value === "number");
        expect(numbers.every(Number.isFinite)).toBe(true);
      }
    },
  );

  test("replays too where a KL term gives groups with equal rewards a gradient", async () => {
    const flags = [...REPLAY, "algorithm.klCoefficient=0.1", "train.equalGroups=count", "train.groupSize=2"];
    const { training, progress } = tinyTraining(digitsFakeEngine(), ...flags);
    await runIteration(training, progress, 1);
    expect((await runIteration(training, progress, 2)).metrics.replayed).toBeGreaterThan(0);
  });

  test("keeps its entries over a checkpoint", async () => {
    const { training } = tinyTraining(digitsFakeEngine(), ...REPLAY);
    const phase = reinforcementPhase(training);
    await phase.run(1);
    const directory = temporaryDirectory();
    const { plain, write } = phase.state();
    const before = JSON.stringify(plain);
    expect(before).not.toContain("replay");
    await phase.run(2);
    await write!(directory);
    expect(JSON.stringify(plain)).toBe(before);

    const other = reinforcementPhase(training);
    await other.restore(JSON.parse(before), directory);
    expect(JSON.stringify(other.state().plain)).toBe(before);
    const again = temporaryDirectory();
    await other.state().write!(again);
    expect(await readEntries(again)).toEqual(await readEntries(directory));
  });

  test("that is resumed equals an uninterrupted run, bitwise", async () => {
    const run = (runDirectory: string): RunOptions => ({
      config: tinyConfig(...REPLAY, "credit=uniform"),
      runDirectory,
      openEngine: async () => digitsFakeEngine(),
      clock: steadyClock(),
    });
    const [whole, parts] = [freshPath(), freshPath()];
    await runTraining(run(whole));
    await runTraining({ ...run(parts), ...stopAfter(2) });
    await runTraining({ ...run(parts), resume: true });
    const read = (path: string, name: string) => readFileSync(join(path, "checkpoints/000004", name), "utf8");
    for (const name of ["trainer.json", "replay.jsonl"]) expect(read(parts, name)).toBe(read(whole, name));
    expect(read(whole, "replay.jsonl").length).toBeGreaterThan(0);
  });

  test("refuses a checkpoint of an earlier version, whose trainer.json has the buffer", async () => {
    const { training } = tinyTraining(digitsFakeEngine(), ...REPLAY);
    const phase = reinforcementPhase(training);
    const plain = { ...(phase.state().plain as object), replay: [] };
    await expect(phase.restore(plain, "checkpoints/000002")).rejects.toThrow("expected replay.jsonl");
  });

  test.each([
    ["algorithm=reinforce", "importance ratio"],
    ["algorithm={kind: grpo, klCoefficient: 0.1, klPlacement: reward}", "KL in the reward"],
    ["train.rollouts={kind: shared}", 'train.rollouts "shared"'],
    ["train.separate={rewards: [{name: format}]}", "train.separate"],
    ["credit={kind: dyco-rl, ablation: reward-shaping}", "changes rewards"],
  ])("is refused with %s", async (flag, reason) => {
    const { training } = tinyTraining(digitsFakeEngine(), ...REPLAY, flag);
    await expect(requireSound(training, true)).rejects.toThrow(reason);
  });
});
