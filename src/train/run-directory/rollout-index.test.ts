import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { freshPath, tinyConfig } from "../../testing/tiny-run.ts";
import { describeEnvironment } from "./environment.ts";
import { rolloutIndexEntry } from "./rollout-index.ts";
import { RunDirectory } from "./run-directory.ts";

const line = (problem: string, reward: number, rest: object = {}) => ({
  problem,
  index: 1,
  reward,
  rewardParts: { accuracy: reward },
  verdict: reward,
  stopReason: "stop",
  tokens: [1, 2],
  logprobs: [-1, -2],
  entropy: [0.5, 1],
  ...rest,
});
const written = (lines: readonly object[]) => lines.map((one) => `${JSON.stringify(one)}\n`);

test("says where each line and its group begin, in bytes, and its numbers", () => {
  const lines = [
    line("ä", 1, { weights: [0.5, 1.5], alignment: [0, 1] }),
    line("ä", 0, { stopReason: "length" }),
    line("b", 0.25, { verdict: null, rewardParts: { format: 0.25 } }),
  ];
  const texts = written(lines);
  const [first = 0, second = 0, third = 0] = texts.map((text) => Buffer.byteLength(text));
  expect(rolloutIndexEntry(7, lines, texts)).toEqual({
    iteration: 7,
    bytes: first + second + third,
    at: [0, first, first + second],
    group: [0, 0, first + second],
    verdict: [1, 0, null],
    truncated: [0, 1, 0],
    reward: [1, 0, 0.25],
    rewardParts: { accuracy: [1, 0, null], format: [null, null, 0.25] },
    tokens: [2, 2, 2],
    logprob: [-1.5, -1.5, -1.5],
    entropy: [0.75, 0.75, 0.75],
    weightMax: [1.5, null, null],
    alignment: [0.5, null, null],
  });
});

test("a run directory keeps the index beside its rollouts, and a resumed run forgets the later iterations of both", async () => {
  const path = freshPath();
  const record = { kind: "train", steps: 4, config: tinyConfig(), data: {} } as const;
  const directory = RunDirectory.create(path, record, describeEnvironment());
  for (const iteration of [1, 2, 3]) directory.writeRollouts(iteration, [line("a", 1)]);
  const indexed = () =>
    readFileSync(join(path, "rollout-index.jsonl"), "utf8")
      .trimEnd()
      .split("\n")
      .map((text) => (JSON.parse(text) as { iteration: number }).iteration);
  expect(indexed()).toEqual([1, 2, 3]);
  await directory.truncateAfter(2, true);
  expect(indexed()).toEqual([1, 2]);
});
