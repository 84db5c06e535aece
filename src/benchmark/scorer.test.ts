import { expect, test } from "vitest";
import { BENCHMARK_KINDS, benchmarkSchema, createBenchmark, defaultScorer } from "./index.ts";

const nameOf = async (kind: string, scorer: string) => {
  const { verdict } = await createBenchmark(benchmarkSchema.parse({ kind, scorer }), {
    data: undefined,
    seed: 0,
  });
  return verdict.name;
};

const SCORERS = [
  "fovea",
  "authors",
  "exact",
  "vlmevalkit",
  "vlmevalkit-judged",
  "lmms-eval",
  "lmms-eval-reasoning",
];

/** The scorers that a benchmark has. */
const scorersOf = (kind: string) =>
  SCORERS.filter((scorer) => benchmarkSchema.safeParse({ kind, scorer }).success);

// Answers are continued where the recorded name of the verdict is the same.
test.each(BENCHMARK_KINDS.filter((kind) => defaultScorer(kind) !== undefined))(
  "%s names another verdict for each scorer",
  async (kind) => {
    const scorers = scorersOf(kind);
    expect(scorers.length).toBeGreaterThan(1);
    const names = await Promise.all(scorers.map((scorer) => nameOf(kind, scorer)));
    expect(new Set(names).size, names.join("; ")).toBe(scorers.length);
  },
);

test("a tool's scorer is in the name of a verdict that it shares with the authors", async () => {
  expect(await nameOf("chartqa", "authors")).toBe("relaxed");
  expect(await nameOf("chartqa", "vlmevalkit")).toBe("relaxed, from text, scorer vlmevalkit");
  expect(await nameOf("chartqa", "lmms-eval")).toBe("relaxed, from text, scorer lmms-eval");
});
