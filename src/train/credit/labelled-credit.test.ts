import { describe, expect, test } from "vitest";
import { resolveConfig, SMALL_ASSETS } from "../../config/index.ts";
import type { CreditCompletion, CreditMethod } from "../../credit/index.ts";
import type { Task } from "../../data/index.ts";
import { ConfigError } from "../../errors/index.ts";
import { openDialogue } from "../../eval/index.ts";
import { digitsFakeEngine } from "../../testing/tiny-run.ts";
import { tinyTraining } from "../../testing/tiny-training.ts";
import { train } from "../index.ts";
import { runIteration } from "../iteration/iteration.ts";

const task: Task = {
  name: "shades",
  train: {
    fingerprint: "shades",
    size: 10,
    problem: (index) => ({
      id: `p${index}`,
      images: [{ width: 28, height: 28, data: new Uint8Array(28 * 28 * 3).fill(index) }],
      question: "Which digit?",
      answers: [String(7 + (index % 3))],
      columns: {},
    }),
  },
};
const trained = (own: Task, credit: "oracle" | CreditMethod) =>
  train({
    engine: digitsFakeEngine(),
    dialogue: openDialogue(SMALL_ASSETS),
    task: own,
    reward: "accuracy",
    credit,
    sampling: { maxCompletionTokens: 3 },
    schedule: { iterations: 1, promptsPerIteration: 4, groupSize: 4 },
  });

describe("credit that needs the truth about tokens", () => {
  test("gets the labels of the task for every completion", async () => {
    const seen: CreditCompletion[] = [];
    const { training, progress } = tinyTraining(digitsFakeEngine(), "credit=oracle", "train.reportKlEvery=0");
    const credit: CreditMethod = {
      ...training.credit,
      credit: (groups, rng) => {
        seen.push(...groups.flat());
        return training.credit.credit(groups, rng);
      },
    };
    const { steps } = await runIteration({ ...training, credit }, progress, 1);
    expect(steps).toMatchObject([{ applied: true }]);
    expect(seen.length).toBeGreaterThan(0);
    for (const { labels, mask, tokenTexts, problem } of seen) {
      expect(labels).toHaveLength(mask.length);
      expect(labels).toEqual(training.labels!.label({ ...problem!, images: [] }, tokenTexts!));
    }
  });

  test("is refused before the first step where the task has none, by name", async () => {
    const run = trained(task, "oracle");
    await expect(run).rejects.toThrow(ConfigError);
    await expect(run).rejects.toThrow('credit.kind "oracle": expected a task with token labels');
    await expect(run).rejects.toThrow("shades");
  });

  test("names the problem of a completion that the task does not label", async () => {
    const run = trained({ ...task, labels: { label: () => undefined } }, "oracle");
    await expect(run).rejects.toThrow(/oracle: expected token labels.*problem p\d/);
  });

  test("is refused with files when the configuration is read, so that no cell of a grid has run", () => {
    expect(() => resolveConfig({ flags: ["credit=oracle", "data=rows.jsonl"] })).toThrow(
      'credit.kind "oracle" with data.kind "files"',
    );
    expect(() => resolveConfig({ flags: ["credit=oracle", "data=digits"] })).not.toThrow();
  });
});

const triple: CreditMethod = {
  needs: {},
  credit: (groups) =>
    groups.map((group) => group.map(({ mask }) => ({ weights: new Float64Array(mask.length).fill(3) }))),
};

test("train.creditScale scales the weights of any method to mean one", async () => {
  const weightMeans = [];
  for (const scale of ["printed", "mean-one"] as const) {
    const seen: number[] = [];
    await train({
      engine: digitsFakeEngine(),
      dialogue: openDialogue(SMALL_ASSETS),
      task,
      reward: "accuracy",
      credit: triple,
      sampling: { maxCompletionTokens: 3 },
      schedule: { iterations: 1, promptsPerIteration: 8, groupSize: 8, creditScale: scale },
      observers: [
        {
          event: (event) => {
            if (event.event === "iteration" && event.weightMean !== undefined) seen.push(event.weightMean);
          },
        },
      ],
    });
    weightMeans.push(...seen);
  }
  expect(weightMeans).toEqual([3, 1]);
});
