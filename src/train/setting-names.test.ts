import { expect, test } from "vitest";
import { SMALL_ASSETS } from "../config/index.ts";
import type { Problem } from "../data/index.ts";
import { ConfigError, DataError, PartError } from "../errors/index.ts";
import { openDialogue } from "../eval/index.ts";
import { digitsFakeEngine, steadyClock } from "../testing/tiny-run.ts";
import { runDirectory, type TrainParts, train } from "./index.ts";

const problem = (index: number): Problem => ({
  id: `p${index}`,
  images: [],
  question: "?",
  answers: ["7"],
  columns: {},
});

const run = (overrides: Partial<TrainParts>, read = problem) =>
  train({
    engine: digitsFakeEngine(),
    dialogue: openDialogue(SMALL_ASSETS),
    task: { name: "sevens", train: { fingerprint: "sevens", size: 4, problem: read } },
    reward: "accuracy",
    sampling: { maxCompletionTokens: 2 },
    schedule: { iterations: 1, promptsPerIteration: 2, groupSize: 2, evaluateEvery: 0, checkpointEvery: 0 },
    clock: steadyClock(),
    ...overrides,
  });

const failing = () => {
  throw new Error("no column");
};
const broken = () => {
  throw new DataError("row 1: no image");
};

test("errors of parts made in code name the settings of parts", async () => {
  await expect(run({ reward: failing })).rejects.toThrow(PartError);
  await expect(run({ reward: failing })).rejects.toThrow("(schedule.maxFailedRewardShare)");
  await expect(run({}, broken)).rejects.toThrow(DataError);
  await expect(run({}, broken)).rejects.toThrow("(maxBrokenShare)");
});

test("errors of a configuration's parts name its keys", async () => {
  const record = { config: {} };
  await expect(run({ reward: failing, record })).rejects.toThrow("(train.maxFailedRewardShare)");
  await expect(run({ record }, broken)).rejects.toThrow("(data.maxBrokenShare)");
});

test.each([undefined, "", 3])("a run directory at %j is refused", (path) => {
  expect(() => runDirectory(path as never)).toThrow(ConfigError);
  expect(() => runDirectory(path as never)).toThrow("runDirectory: expected a path, got ");
});
