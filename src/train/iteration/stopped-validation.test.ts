import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { SMALL_ASSETS } from "../../config/index.ts";
import type { ProblemSource, Task } from "../../data/index.ts";
import { openDialogue } from "../../eval/index.ts";
import { shade } from "../../testing/shades.ts";
import { digitsFakeEngine, freshPath, steadyClock } from "../../testing/tiny-run.ts";
import { runDirectory, type TrainParts, train } from "../index.ts";

/** Validation of 12 problems, of which 4 are sampled at once; each that is read is reported. */
function taskWith(onRead: (index: number) => void): Task {
  const validation: ProblemSource = {
    fingerprint: "validation",
    size: 12,
    problem: (index) => {
      onRead(index);
      return shade(index);
    },
  };
  return { name: "shades", train: { fingerprint: "shades", size: 10, problem: shade }, validation };
}

interface Trained extends Partial<TrainParts> {
  readonly onRead?: (index: number) => void;
  readonly resume?: boolean;
}

function trained(path: string, { onRead = () => {}, resume = false, ...parts }: Trained = {}) {
  return train({
    engine: digitsFakeEngine(),
    dialogue: openDialogue(SMALL_ASSETS),
    task: taskWith(onRead),
    reward: "accuracy",
    sampling: { maxCompletionTokens: 3 },
    schedule: {
      iterations: 3,
      promptsPerIteration: 4,
      groupSize: 6,
      learningRate: 0.05,
      checkpointEvery: 0,
      reportKlEvery: 0,
      evaluateEvery: 1,
      evaluateProblems: 12,
    },
    evaluationBatch: 4,
    clock: steadyClock(),
    ...parts,
    observers: [runDirectory(path, { resume })],
  });
}

function contentOf(path: string) {
  const lines = readFileSync(join(path, "metrics.jsonl"), "utf8").trim().split("\n");
  const records = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  return {
    metrics: records.map(({ timing: _timing, ...record }) => record),
    weights: readFileSync(join(path, "model/fake-policy.bin")).toString("base64"),
  };
}

describe("a run that is stopped during a validation", () => {
  test("ends after the problems that are sampled, and repeats it as if it had never stopped", async () => {
    const [whole, stopped] = [freshPath(), freshPath()];
    await trained(whole);
    const controller = new AbortController();
    let read = 0;
    const onRead = () => {
      // Two validations of 12 problems, then the second problem of the next four.
      if (++read === 26) controller.abort();
    };
    const end = await trained(stopped, { onRead, signal: controller.signal });
    expect(end).toMatchObject({ status: "interrupted", completed: 2 });
    expect(read).toBe(28);
    expect(readdirSync(join(stopped, "checkpoints"))).toEqual(["000002"]);
    await trained(stopped, { resume: true });
    expect(contentOf(stopped)).toEqual(contentOf(whole));
  });
});
