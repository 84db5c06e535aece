import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { smallProblems, writeFolder, writeJsonl, writeParquet, writeTsv } from "../../testing/data-files.ts";
import { fuzzFile } from "../../testing/mutated-files.ts";

const problems = await smallProblems(5);

const FORMATS = [
  ["jsonl", () => writeJsonl(problems)],
  ["tsv", () => writeTsv(problems)],
  ["csv", () => join(writeFolder(problems), "metadata.csv")],
  ["parquet of structs", () => writeParquet(problems, { isList: false })],
  ["parquet of lists", () => writeParquet(problems)],
] as const;

describe("2,000 changed files", () => {
  test.each(FORMATS)("of %s are read or refused, soon and in bounded memory", async (_name, write) => {
    const before = process.memoryUsage().rss;
    const report = await fuzzFile(write(), 2000, "fuzz");
    expect(report.wrong).toEqual([]);
    expect(report.files).toBe(2000);
    expect(report.refused + report.brokenRows).toBeGreaterThan(500);
    expect(report.problems).toBeGreaterThan(500);
    expect(report.slowestMs).toBeLessThan(10_000);
    expect(process.memoryUsage().rss - before).toBeLessThan(600 * 2 ** 20);
  });
});
