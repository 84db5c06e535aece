import { expect, test } from "vitest";
import { collectingContext } from "../testing/tiny-run.ts";
import type { IterationMetrics } from "../train/index.ts";
import { Reporter } from "./reporter.ts";

const iteration = (number: number, kl?: number) =>
  ({
    event: "iteration",
    iteration: number,
    reward: 0.5,
    accuracy: 0.5,
    timing: { tokensPerSecond: 100 },
    ...(kl !== undefined && { kl }),
  }) as IterationMetrics;

test("the KL of a run stays until it is measured again, and is none of the next run's", () => {
  const { context, stderr } = collectingContext();
  const reporter = new Reporter(context, false);
  const started = { event: "started", kind: "train", steps: 2 } as const;
  for (const event of [started, iteration(1, 0.25), iteration(2), started, iteration(1), iteration(2)]) {
    reporter.onEvent(event);
  }
  const [, first = "", second = ""] = stderr().split("learning\n");
  expect(first).toContain("KL 0.25");
  expect(second).not.toContain("KL");
});

test("an iteration in which no completion has a reward is shown as that", () => {
  const { context, stderr } = collectingContext();
  const reporter = new Reporter(context, false);
  reporter.onEvent({ event: "started", kind: "train", steps: 2 });
  reporter.onEvent({ ...iteration(1), reward: 0, completions: 8, unscorable: 7 });
  expect(stderr()).toContain("reward 0.000");
  reporter.onEvent({ ...iteration(2), reward: 0, completions: 8, unscorable: 8 });
  expect(stderr()).toContain("no reward");
});
