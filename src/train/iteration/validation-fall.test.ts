import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runTraining } from "../../config/index.ts";
import { wilsonInterval } from "../../math/index.ts";
import { stopAfter } from "../../testing/stop-after.ts";
import { temporaryDirectory } from "../../testing/temporary-directory.ts";
import { digitsFakeEngine, freshPath, tinyConfig } from "../../testing/tiny-run.ts";
import { type SavedFall, ValidationFall } from "./validation-fall.ts";

const evaluation = (iteration: number, right: number, of = 200) => {
  const { estimate, low, high } = wilsonInterval(right, of);
  return { iteration, accuracy: estimate, low, high };
};

test("a fall below the starting weights' accuracy is warned of once, with both accuracies", () => {
  const fall = new ValidationFall();
  // 0.895 − 0.795 = 0.1 > √(0.0502² + 0.0501²) = 0.071.
  const found = [179, 170, 159, 150].map((right, i) => fall.add(evaluation(10 * i, right)));
  expect(found.map((warning) => warning !== undefined)).toEqual([false, false, true, false]);
  expect(found[2]).toMatch(
    /^validation fell from 89\.5 % to 79\.5 %; lower train\.learningRate or sample more/,
  );
});

test("a difference within the intervals is no fall, nor is a rise", () => {
  const fall = new ValidationFall();
  expect([10, 7, 12, 20].map((right, i) => fall.add(evaluation(i, right, 20)))).toEqual(
    new Array(4).fill(undefined),
  );
});

test("a resumed run compares with the accuracy of its first start, and warns no second time", () => {
  const first = new ValidationFall();
  first.add(evaluation(0, 179));
  const resumed = (saved: SavedFall | undefined) => new ValidationFall(JSON.parse(JSON.stringify(saved)));
  const second = resumed(first.saved);
  expect(second.add(evaluation(20, 140))).toBeDefined();
  expect(resumed(second.saved).add(evaluation(30, 100))).toBeUndefined();
});

test("a run without an evaluation of its starting weights has nothing to compare with", () => {
  const fall = new ValidationFall();
  expect([fall.add(evaluation(10, 179)), fall.add(evaluation(20, 100)), fall.saved]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});

test("a run records the warning after its evaluation, once, also when it is resumed", async () => {
  const verdict = join(temporaryDirectory(), "verdict.ts");
  // The first 20 judgements belong to the starting weights.
  writeFileSync(
    verdict,
    `globalThis.judgements = 0;
    const judge = () => ({ extracted: "7", score: globalThis.judgements++ < 20 ? 1 : 0, reason: "" });
    export const own = { create: () => ({ name: "own", judge }) };
    export const spread = { create: () => (answered) => answered.map((_, i) => i % 2) };`,
  );
  const flags = ["train.evaluateEvery=1", "train.evaluateProblems=20", "train.checkpointEvery=1"];
  // A separate reward with spread: a run without updates warns of that.
  const parts = [
    `verdict={module: ${verdict}, export: own}`,
    `reward=[{module: ${verdict}, export: spread}]`,
  ];
  const path = freshPath();
  const options = {
    config: tinyConfig(...flags, ...parts, "credit=uniform"),
    runDirectory: path,
    openEngine: async () => digitsFakeEngine(),
  };
  const begun = await runTraining({ ...options, ...stopAfter(2) });
  expect(begun.status).toBe("interrupted");
  await runTraining({ ...options, resume: true });
  const lines = readFileSync(join(path, "metrics.jsonl"), "utf8").trim().split("\n");
  const records = lines.map((line) => JSON.parse(line) as { event: string; iteration: number });
  const warned = records.findIndex(({ event }) => event === "warning");
  expect(records[warned]).toEqual({
    event: "warning",
    iteration: 1,
    message: expect.stringMatching(/^validation fell from 100\.0 % to 0\.0 %; /),
  });
  expect(records[warned - 1]).toMatchObject({ event: "evaluation", iteration: 1 });
  expect(records.filter(({ event }) => event === "warning")).toHaveLength(1);
});
