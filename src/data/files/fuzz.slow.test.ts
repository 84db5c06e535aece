import { copyFileSync } from "node:fs";
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
import { temporaryDirectory } from "../../testing/temporary-directory.ts";
import { writeVideoJsonl } from "../../testing/video-files.ts";

const problems = await smallProblems(5);

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

/** `npm run torture` changes more of each. */
const FILES = Number(process.env["FOVEA_FUZZ"] ?? 2000);

const FIXTURES = new URL("../../../fixtures/data/files/", import.meta.url);
const ENCODINGS = ["mmk12", "mmk12-v2", "mmk12-brotli", "mmk12-lz4", "mmk12-none", "virl39k"];

describe(`changed files, ${FILES} of each format`, () => {
  test.each(FORMATS)("of %s are read or refused, soon and in bounded memory", async (_name, write) => {
    const before = process.memoryUsage().rss;
    const report = await fuzzFile(await write(), FILES, "fuzz");
    expect(report.wrong).toEqual([]);
    expect(report.files).toBe(FILES);
    expect(report.refused + report.brokenRows).toBeGreaterThan(FILES / 4);
    expect(report.problems).toBeGreaterThan(FILES / 4);
    expect(report.slowestMs).toBeLessThan(10_000);
    expect(process.memoryUsage().rss - before).toBeLessThan(600 * 2 ** 20);
  });

  test.each(ENCODINGS)("of %s.parquet are so too, with any compression", async (name) => {
    const path = join(temporaryDirectory(), `${name}.parquet`);
    copyFileSync(new URL(`${name}.parquet`, FIXTURES), path);
    const before = process.memoryUsage().rss;
    const report = await fuzzFile(path, FILES / 4, name);
    expect(report.wrong).toEqual([]);
    expect(report.refused + report.brokenRows).toBeGreaterThan(FILES / 20);
    expect(report.problems).toBeGreaterThan(FILES / 20);
    expect(report.slowestMs).toBeLessThan(10_000);
    expect(process.memoryUsage().rss - before).toBeLessThan(600 * 2 ** 20);
  });

  test.each([false, true])("of archives of images (64 bits: %s) are so too", async (is64) => {
    const { path, zip } = writePackedJsonl(problems, { is64 });
    const before = process.memoryUsage().rss;
    const report = await fuzzFile(zip, FILES, `zip ${is64}`, path);
    expect(report.wrong).toEqual([]);
    expect(report.files).toBe(FILES);
    expect(report.brokenRows).toBeGreaterThan(FILES / 4);
    expect(report.problems).toBeGreaterThan(FILES / 4);
    expect(report.slowestMs).toBeLessThan(10_000);
    expect(process.memoryUsage().rss - before).toBeLessThan(600 * 2 ** 20);
  });
});
