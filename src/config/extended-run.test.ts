import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { stopAfter } from "../testing/stop-after.ts";
import { digitsFakeEngine, freshPath, steadyClock, tinyConfig } from "../testing/tiny-run.ts";
import { type RunOptions, runTraining } from "./run.ts";

const tinyRun = (path: string, flags: readonly string[] = []): RunOptions => ({
  config: tinyConfig(...flags),
  runDirectory: path,
  openEngine: async () => digitsFakeEngine(),
  clock: steadyClock(),
});

test("a run that was extended after its end has no final model until its new end", async () => {
  const path = freshPath();
  const longer = ["train.iterations=6", "train.checkpointEvery=1"];
  await runTraining(tinyRun(path));
  expect(existsSync(join(path, "model"))).toBe(true);
  await runTraining({ ...tinyRun(path), resume: true });
  expect(existsSync(join(path, "model"))).toBe(true);
  const first = await runTraining({ ...tinyRun(path, longer), ...stopAfter(1), resume: true });
  expect(first.completed).toBe(5);
  expect(existsSync(join(path, "model"))).toBe(false);
  expect(readdirSync(path)).not.toContain("process.json");
  await runTraining({ ...tinyRun(path, longer), resume: true });
  expect(existsSync(join(path, "model"))).toBe(true);
});

test.each([
  ["train.schedule=cosine"],
  ["algorithm.klCoefficient=0.1", "algorithm.klSchedule={}"],
  ["train.rollouts={kind: noisy}"],
  ["credit={kind: pepo, schedule: linear}"],
  ["credit=dvrp"],
])("a run in which something follows its length is not extended: %s", async (...flags) => {
  const path = freshPath();
  await runTraining({ ...tinyRun(path, flags), ...stopAfter(1) });
  const longer = tinyRun(path, [...flags, "train.iterations=6"]);
  await expect(runTraining({ ...longer, resume: true })).rejects.toThrow("train.iterations: 4 before, 6 now");
});

test("a run is not resumed to an end that it has passed, and stays as it is", async () => {
  const path = freshPath();
  await runTraining({ ...tinyRun(path), ...stopAfter(3) });
  const record = readFileSync(join(path, "config.json"), "utf8");
  await expect(runTraining({ ...tinyRun(path, ["train.iterations=2"]), resume: true })).rejects.toThrow(
    "cannot be resumed: train.iterations: expected at least 3, which its newest checkpoint has, got 2",
  );
  expect(readFileSync(join(path, "config.json"), "utf8")).toBe(record);
  expect((await runTraining({ ...tinyRun(path, ["train.iterations=3"]), resume: true })).completed).toBe(3);
});

test("a run that another process writes is refused with that process, and stays as it is", async () => {
  const path = freshPath();
  await runTraining({ ...tinyRun(path), ...stopAfter(1) });
  const end = readFileSync(join(path, "end.json"), "utf8");
  const holder = { pid: 1, host: "elsewhere", everySeconds: 10 };
  writeFileSync(join(path, "process.json"), JSON.stringify(holder));
  await expect(runTraining({ ...tinyRun(path), resume: true })).rejects.toThrow(
    `run directory ${path}: process 1 on elsewhere is writing it`,
  );
  expect(readFileSync(join(path, "end.json"), "utf8")).toBe(end);
});
