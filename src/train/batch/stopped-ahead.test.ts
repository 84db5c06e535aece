import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { SMALL_ASSETS } from "../../config/index.ts";
import type { CreditMethod } from "../../credit/index.ts";
import type { Task } from "../../data/index.ts";
import { openDialogue } from "../../eval/index.ts";
import type { Reward } from "../../reward/index.ts";
import { shade } from "../../testing/shades.ts";
import { stopAfter } from "../../testing/stop-after.ts";
import { digitsFakeEngine, freshPath, steadyClock } from "../../testing/tiny-run.ts";
import { runDirectory, type TrainParts, train } from "../index.ts";

const task: Task = { name: "shades", train: { fingerprint: "shades", size: 10, problem: shade } };
const dialogue = openDialogue(SMALL_ASSETS);

/** A reward that takes a moment, and fails on every batch after the first batches. */
const slow = (batches = Infinity): Reward => {
  let called = 0;
  return {
    name: "right",
    weight: 1,
    async score(answered) {
      const number = ++called;
      await sleep(10);
      if (number > batches) throw new TypeError("the judge is gone");
      return answered.map(({ judgement }) => judgement.score);
    },
  };
};

/** Uniform credit that fails after so many iterations. */
const credit = (iterations = Infinity): CreditMethod => {
  let called = 0;
  return {
    needs: {},
    credit(groups) {
      if (++called > iterations) throw new TypeError("no such token");
      return groups.map((group) =>
        group.map(({ mask }) => ({ weights: new Float64Array(mask.length).fill(1) })),
      );
    },
  };
};

interface Trained extends Partial<TrainParts> {
  readonly staleness?: number;
  readonly more?: TrainParts["schedule"];
  readonly resume?: boolean;
}

function trained(path: string, { staleness = 1, more = {}, resume = false, ...parts }: Trained = {}) {
  return train({
    engine: digitsFakeEngine(),
    dialogue,
    task,
    reward: [slow()],
    credit: credit(),
    sampling: { maxCompletionTokens: 3 },
    schedule: {
      iterations: 5,
      promptsPerIteration: 4,
      groupSize: 6,
      minibatches: 2,
      learningRate: 0.05,
      checkpointEvery: 0,
      reportKlEvery: 0,
      maxStaleness: staleness,
      ...more,
    },
    clock: steadyClock(),
    ...parts,
    observers: [runDirectory(path, { resume, acceptModules: true }), ...(parts.observers ?? [])],
  });
}

const metricsOf = (path: string) =>
  readFileSync(join(path, "metrics.jsonl"), "utf8")
    .trim()
    .split("\n")
    .map((line) => {
      const { timing: _, ...record } = JSON.parse(line) as Record<string, unknown>;
      return record;
    });

/** Metrics and final weights, which two runs must have alike. */
const contentOf = (path: string) => ({
  metrics: metricsOf(path),
  weights: readFileSync(join(path, "model/fake-policy.bin")).toString("base64"),
});

const checkpointsOf = (path: string) => readdirSync(join(path, "checkpoints"));

describe("a run that is stopped while a reward judges batches ahead", () => {
  const cases: [string, number, TrainParts["schedule"]][] = [
    ["at staleness 1", 1, {}],
    ["at staleness 2", 2, {}],
    [
      "with dynamic sampling, whose batches are waited for",
      1,
      { dynamicSampling: { maxAttempts: 3, spreadOf: "reward" } },
    ],
  ];
  test.each(cases)(
    "by its user %s saves a checkpoint, and is resumed as if it had never stopped",
    async (_, staleness, more) => {
      const [whole, stopped] = [freshPath(), freshPath()];
      await trained(whole, { staleness, more });
      const { signal, onEvent } = stopAfter(3);
      const end = await trained(stopped, { staleness, more, signal, observers: [{ event: onEvent }] });
      expect(end).toMatchObject({ status: "interrupted", completed: 3 });
      expect(checkpointsOf(stopped)).toEqual(["000003"]);
      await trained(stopped, { staleness, more, resume: true });
      expect(contentOf(stopped)).toEqual(contentOf(whole));
    },
  );

  test.each([1, 2])(
    "by the failing reward at staleness %i saves the last whole iteration, and is resumed from it",
    async (staleness) => {
      const [whole, stopped] = [freshPath(), freshPath()];
      await trained(whole, { staleness });
      await expect(trained(stopped, { staleness, reward: [slow(3)] })).rejects.toThrow("the judge is gone");
      expect(checkpointsOf(stopped)).toEqual(["000003"]);
      await trained(stopped, { staleness, resume: true });
      expect(contentOf(stopped)).toEqual(contentOf(whole));
    },
  );

  test("by the failing reward keeps the checkpoint that was due before", async () => {
    const path = freshPath();
    const more = { checkpointEvery: 2 };
    await expect(trained(path, { more, reward: [slow(2)] })).rejects.toThrow("the judge is gone");
    expect(checkpointsOf(path)).toEqual(["000002"]);
  });

  test("by its credit judges and samples nothing of the batch again", async () => {
    const [whole, stopped] = [freshPath(), freshPath()];
    await trained(whole, { staleness: 2 });
    await expect(trained(stopped, { staleness: 2, credit: credit(2) })).rejects.toThrow("no such token");
    expect(checkpointsOf(stopped)).toEqual(["000002"]);
    await trained(stopped, { staleness: 2, resume: true });
    expect(contentOf(stopped)).toEqual(contentOf(whole));
  });
});
