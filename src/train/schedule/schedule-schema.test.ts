import { expect, test } from "vitest";
import { plannedIterations } from "./schedule-schema.ts";

test("epochs count problems: an iteration of shared rollouts has every form of fewer problems", () => {
  const schedule = { epochs: 2, promptsPerIteration: 8 };
  expect(plannedIterations(schedule, 40)).toBe(10);
  const rollouts = { kind: "shared" as const, variants: 4, changeShare: 0, changes: [], questions: "q" };
  expect(plannedIterations({ ...schedule, rollouts }, 40)).toBe(40);
});
