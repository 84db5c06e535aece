import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { stopAfter } from "../testing/stop-after.ts";
import { freshPath, steadyClock, tinyConfig } from "../testing/tiny-run.ts";
import { runTraining } from "./run.ts";

const FLAGS = [
  "sft.steps=2",
  "sft.batchSize=4",
  "sft.checkpointEvery=1",
  "sft.reportEvery=1",
  "data.warmStart.readingSteps=1",
  "data.warmStart.transcriptionSteps=0",
  "train.iterations=2",
  "train.promptsPerIteration=2",
  "train.groupSize=4",
  "evaluation.problems=4",
  "engine.threads=2",
  "engine.replicas=2",
];

/** Numbers of the warm start and of the run, without times, and the final weights. */
function outcome(path: string) {
  const records = ["warm-start/metrics.jsonl", "metrics.jsonl"].flatMap((file) =>
    readFileSync(join(path, file), "utf8")
      .trim()
      .split("\n")
      .map((line) => {
        const { timing: _timing, ...record } = JSON.parse(line) as Record<string, unknown>;
        return record;
      }),
  );
  return { records, weights: readFileSync(join(path, "model", "model.safetensors")).toString("base64") };
}

async function run(runDirectory: string, resume = false, steps = Infinity) {
  const { status } = await runTraining({
    config: tinyConfig(...FLAGS),
    runDirectory,
    resume,
    clock: steadyClock(),
    ...stopAfter(steps),
  });
  return status;
}

test("a run on replicas that was stopped, in its warm start and after, ends bitwise identical to an uninterrupted run", async () => {
  const [whole, parts] = [freshPath(), freshPath()];
  expect(await run(whole)).toBe("finished");
  expect(await run(parts, false, 1)).toBe("interrupted");
  expect(await run(parts, true, 2)).toBe("interrupted");
  expect(await run(parts, true)).toBe("finished");
  const steps = outcome(whole).records.filter(({ event }) => event !== "warning");
  expect(steps).toHaveLength(4);
  expect(outcome(parts)).toEqual(outcome(whole));
});
