import { describe, expect, test } from "vitest";
import { hasWords, orderedRuns, statesText } from "./run-order.ts";

const run = (id: string, startedAt: string | null) => ({ id, startedAt });

describe("orderedRuns", () => {
  const runs = [
    run("a", "2026-01-01T10:00:00Z"),
    run("a/warm-start", "2026-01-01T10:01:00Z"),
    run("run-10", "2026-01-03T10:00:00Z"),
    run("run-9", "2026-01-02T10:00:00Z"),
    run("broken", null),
  ];
  test.each([
    ["newest", ["run-10", "run-9", "a", "a/warm-start", "broken"]],
    ["oldest", ["a", "a/warm-start", "run-9", "run-10", "broken"]],
    ["name", ["a", "a/warm-start", "broken", "run-9", "run-10"]],
  ] as const)("by %s", (order, ids) => {
    expect(orderedRuns(runs, order).map(({ id }) => id)).toEqual(ids);
  });
});

describe("hasWords", () => {
  const found = {
    id: "grid/cells/grpo-0",
    method: "grpo · dyco-rl",
    problem: null,
    isFinished: false,
    stopped: { status: "failed", message: "no memory" } as const,
    config: { "train.seed": "12", "credit.kind": '"dyco-rl"' },
  };
  test.each([
    ["", true],
    ["GRID dyco", true],
    ["failed", true],
    ["live", false],
    ["seed=12 credit.kind=dyco", true],
    ["seed=1", false],
    ["eed=12", false],
    ["uniform", false],
  ])("%s", (search, has) => {
    expect(hasWords(found, search)).toBe(has);
  });
});

test("the states of a group are counted, early ends too", () => {
  const run = (isFinished: boolean, status?: "failed" | "interrupted") => ({
    problem: null,
    isFinished,
    stopped: status === undefined ? null : { status, message: null },
  });
  const runs = [run(true), run(false), run(true), run(false, "interrupted"), run(false, "failed")];
  expect(statesText(runs)).toBe("2 finished, 1 live, 1 interrupted, 1 failed");
});
