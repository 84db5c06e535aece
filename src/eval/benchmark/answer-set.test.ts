import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { ProblemSource } from "../../data/index.ts";
import { DataError } from "../../errors/index.ts";
import { adder, GREEDY, sums } from "../../testing/made-benchmark.ts";
import { answerOptions, endJournal, freshFile, journalOf } from "../../testing/made-evaluation.ts";
import { answerBenchmark } from "./answer-benchmark.ts";
import { readAnswers } from "./read-answers.ts";
import { benchmarkReport } from "./report.ts";

/** Twenty sums, of which some rows are broken as long as they are in the set. */
function repairable(broken: Set<number>, message = "no such file"): ProblemSource {
  const { source } = sums(20);
  return {
    ...source,
    problem: (index) => {
      if (broken.has(index)) throw new DataError(`sums row ${index}: ${message}`);
      return source.problem(index);
    },
  };
}

const reportOf = (path: string) =>
  benchmarkReport(sums(20), { ...readAnswers(path), header: { model: "m", verdict: "v" } });

describe("a broken row that is repaired", () => {
  test.each([1, 6])("is asked on resume, and is broken no more, in batches of %i", async (batchSize) => {
    const path = freshFile();
    const broken = new Set([4]);
    const run = () => answerBenchmark(answerOptions(path, { source: repairable(broken), batchSize }));
    await expect(run()).rejects.toThrow("sums row 4: no such file");
    broken.clear();
    expect(await run()).toBe(true);
    expect(readAnswers(path).skipped).toEqual([]);
    expect(reportOf(path)).toMatchObject({ problems: 20, brokenRows: 0 });
  });

  test("is asked although its share was permitted", async () => {
    const path = freshFile();
    const broken = new Set([4]);
    const run = () =>
      answerBenchmark(answerOptions(path, { source: repairable(broken), maxBrokenShare: 0.05 }));
    await run();
    expect(reportOf(path)).toMatchObject({ problems: 19, brokenRows: 1 });
    const before = readFileSync(path, "utf8");
    // The same row in the same state adds no line.
    await run();
    expect(readFileSync(path, "utf8")).toBe(before);
    broken.clear();
    await run();
    expect(reportOf(path)).toMatchObject({ problems: 20, brokenRows: 0 });
  });

  test("is named by its newest fault", async () => {
    const path = freshFile();
    const run = (message: string) => {
      const source = repairable(new Set([4]), message);
      return answerBenchmark(answerOptions(path, { source, maxBrokenShare: 0.05 }));
    };
    await run("no such file");
    await run("is no image");
    expect(readAnswers(path).skipped).toMatchObject([{ index: 4, message: "sums row 4: is no image" }]);
  });
});

test("a row beyond a limit is asked when the limit is raised", async () => {
  const path = freshFile();
  const respondent = {
    ...adder(),
    dialogue: {
      prompt: () => ({ chunks: [] }),
      promptTokens: () => 9,
    },
  };
  const run = (maxPromptTokens: number, problems: number) =>
    answerBenchmark(answerOptions(path, { respondent, problems, limits: { maxPromptTokens } }));
  await expect(run(8, 20)).rejects.toThrow("none of 20 rows can be used");
  await run(9, 20);
  expect(reportOf(path)).toMatchObject({ problems: 20, filteredRows: 0 });
});

test("an answered row is not drawn again beside rows that are not answered", async () => {
  const path = freshFile();
  await answerBenchmark(answerOptions(path, { problems: 4 }));
  // The file of an answered row is gone.
  await answerBenchmark(answerOptions(path, { source: repairable(new Set([1])) }));
  expect(reportOf(path)).toMatchObject({ problems: 20, brokenRows: 0 });
});

test("of a row with both an answer and a later record of a broken row, the answer counts", async () => {
  const path = freshFile();
  await answerBenchmark(answerOptions(path, { problems: 4 }));
  const journal = journalOf(path, GREEDY);
  journal.skip({ event: "skipped", index: 1, isBroken: true, message: "sums row 1: no such file" });
  endJournal(path);
  expect(reportOf(path)).toMatchObject({ problems: 4, brokenRows: 0 });
});
