import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type RunOptions, runTraining } from "../../config/run.ts";
import type { Completion } from "../../engine/index.ts";
import { RunError } from "../../errors/index.ts";
import { stopAfter } from "../../testing/stop-after.ts";
import { temporaryDirectory } from "../../testing/temporary-directory.ts";
import { digitsFakeEngine, freshPath, steadyClock, tinyConfig } from "../../testing/tiny-run.ts";
import { readRecorded, writeRecorded } from "./recorded-batches.ts";

const run = (runDirectory: string): RunOptions => ({
  config: tinyConfig("train.maxStaleness=1", "train.reportKlEvery=0", "credit=uniform"),
  runDirectory,
  openEngine: async () => digitsFakeEngine(),
  clock: steadyClock(),
});

describe("a file of recorded batches", () => {
  test("keeps every number bitwise, NaN too", async () => {
    const directory = temporaryDirectory();
    const completion: Completion = {
      tokens: Int32Array.of(1, 2 ** 30),
      logprobs: Float64Array.of(-0.1, Number.NaN),
      entropy: Float64Array.of(Math.PI, Number.NEGATIVE_INFINITY),
      stopReason: "length",
      signals: {
        calibrated: { connectivity: Float64Array.of(1 / 3, -0), gram: Float64Array.of(1, 2, 3, 4) },
      },
    };
    const batches = [
      { iteration: 3, version: 1, completions: [[completion, completion], [completion]] },
      { iteration: 4, version: 2, completions: [[completion]] },
    ];
    await writeRecorded(directory, batches);
    expect(await readRecorded(directory)).toEqual(batches);
  });

  test.each([
    ["cut within a line", (text: string) => text.slice(0, -100), /ahead.jsonl: line 8 is invalid/],
    [
      "that lacks a group",
      (text: string) => `${text.split("\n").slice(0, 7).join("\n")}\n`,
      /expected 8 groups of iteration 3, got 7/,
    ],
  ])("%s is named and not guessed at", async (_, damage, message) => {
    const path = freshPath();
    await runTraining({ ...run(path), ...stopAfter(2) });
    const file = join(path, "checkpoints/000002/ahead.jsonl");
    writeFileSync(file, damage(readFileSync(file, "utf8")));
    const resumed = runTraining({ ...run(path), resume: true });
    await expect(resumed).rejects.toThrow(RunError);
    await expect(resumed).rejects.toThrow(message);
  });
});
