import { expect, test } from "vitest";
import type { BenchmarkReport } from "../eval/index.ts";
import { benchmarkText } from "./benchmark-text.ts";

const measure = { value: 0.5, low: null, high: null, of: 4 };

/** A report of these measures, the first one the main one. */
function reportOf(benchmark: string, names: readonly string[], more: Partial<BenchmarkReport> = {}) {
  return {
    benchmark,
    model: "m",
    verdict: "answer",
    problems: 4,
    samples: 1,
    main: names[0]!,
    measures: Object.fromEntries(names.map((name) => [name, measure])),
    unscorable: 0,
    withoutAnswer: 0,
    wrongWithAnswer: 0,
    truncatedShare: 0,
    completionTokensMean: 1,
    completionTokens: 4,
    brokenRows: 0,
    filteredRows: 0,
    duplicateIds: 0,
    ...more,
  } satisfies BenchmarkReport;
}

test("a published benchmark's measures have the names of its authors", () => {
  const text = benchmarkText(reportOf("hallusion-bench", ["aAcc", "fAcc", "qAcc"]));
  for (const name of ["aAcc", "fAcc", "qAcc"]) expect(text).toMatch(new RegExp(`^ *${name} +50.0 %`, "m"));
});

test("a task's camelCase names are shown as words", () => {
  const text = benchmarkText(reportOf("sums-test", ["accuracy", "readingPerDigit"]));
  expect(text).toMatch(/^ {2}reading per digit +50.0 %/m);
});

test("the best score of k answers is not called pass@k", () => {
  const text = benchmarkText(reportOf("docvqa", ["anls"], { samples: 2, bestAt: { 1: 0.5, 2: 0.75 } }));
  expect(text).toMatch(/^best@2 +75.0 %/m);
  expect(text).not.toContain("pass@");
});
