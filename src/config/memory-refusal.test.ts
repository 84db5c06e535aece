import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { EngineError } from "../errors/index.ts";
import { digitsFakeEngine, freshPath, steadyClock, tinyConfig } from "../testing/tiny-run.ts";
import { runTraining } from "./run.ts";

test("an engine without the memory for the longest completion is refused before anything is written", async () => {
  const path = freshPath();
  const asked: unknown[] = [];
  const engine = {
    ...digitsFakeEngine(),
    requireRoom: async (run: unknown) => {
      asked.push(run);
      throw new EngineError("train: memory: expected at least 9 GiB, got 8 GiB");
    },
  };
  for (const every of [0, 2]) {
    const config = tinyConfig(
      "sampling.maxCompletionTokens=5",
      "credit=uniform",
      `train.reportKlEvery=${every}`,
    );
    const run = runTraining({
      config,
      runDirectory: path,
      openEngine: async () => engine,
      clock: steadyClock(),
    });
    await expect(run).rejects.toThrow("train: memory: expected at least 9 GiB, got 8 GiB");
  }
  expect(asked).toEqual([
    { completionTokens: 5, reference: false, staleness: 0 },
    { completionTokens: 5, reference: true, staleness: 0 },
  ]);
  expect(existsSync(path)).toBe(false);
});
