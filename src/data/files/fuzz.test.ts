import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  smallProblems,
  writeFolder,
  writeJson,
  writeJsonl,
  writePackedJsonl,
  writeParquet,
  writeTsv,
} from "../../testing/data-files.ts";
import { fuzzFile } from "../../testing/mutated-files.ts";
import { ROW_CONVENTIONS, writeConvention, writeVerlParquet } from "../../testing/row-formats.ts";
import { writeVideoJsonl } from "../../testing/video-files.ts";

const problems = await smallProblems(3);

const FORMATS = [
  ["jsonl", () => writeJsonl(problems)],
  ["json", () => writeJson(problems)],
  ["tsv", () => writeTsv(problems)],
  ["csv", () => join(writeFolder(problems), "metadata.csv")],
  ["parquet of structs", () => writeParquet(problems, { isList: false })],
  ["parquet of lists", () => writeParquet(problems)],
  ["jsonl of videos", () => writeVideoJsonl(5)],
  ["verl's parquet", () => writeVerlParquet(problems)],
  ...ROW_CONVENTIONS.map((name) => [name, () => writeConvention(name, problems)] as const),
] as const;

/** The first of the 2,000 that the slow tests read. */
describe("changed files", () => {
  test.each(FORMATS)("of %s are read, or refused with file and row", async (_name, write) => {
    const report = await fuzzFile(await write(), 60, "fuzz");
    expect(report.wrong).toEqual([]);
    expect(report.refused + report.brokenRows).toBeGreaterThan(10);
    expect(report.problems).toBeGreaterThan(10);
  });

  test("that are archives of images are read, or their rows refused", async () => {
    const { path, zip } = writePackedJsonl(problems);
    const report = await fuzzFile(zip, 60, "zip", path);
    expect(report.wrong).toEqual([]);
    expect(report.brokenRows).toBeGreaterThan(10);
    expect(report.problems).toBeGreaterThan(10);
  });
});
