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
