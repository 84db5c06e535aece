import { expect, test } from "vitest";
import { collectingContext } from "../testing/tiny-run.ts";
import type { ArrangementEvent, IterationMetrics } from "../train/index.ts";
import { arrangementLines, Reporter } from "./reporter.ts";

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

test("an arrangement that follows a setting names the setting", () => {
  const chosen = {
    event: "arrangement",
    threads: 1,
    replicas: 1,
    cores: 2,
    memory: 1,
    memoryNeed: 1,
  } as const;
  const line = (more: Pick<ArrangementEvent, "by" | "given">) =>
    arrangementLines({ ...chosen, warnings: [], ...more })[0];
  expect(line({ by: "only", given: { threads: 1 } })).toBe(
    "engine: 1 replica of 1 thread (engine.threads is set to 1, which leaves no other arrangement on this machine; 2 cores)",
  );
  expect(line({ by: "measured", given: { replicas: 1 } })).toBe(
    "engine: 1 replica of 1 thread (engine.replicas is set to 1; the fastest of the measured arrangements; 2 cores)",
  );
  expect(line({ by: "only" })).toBe(
    "engine: 1 replica of 1 thread (the machine's cores and memory allow no other arrangement; 2 cores)",
  );
});
