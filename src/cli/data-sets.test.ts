import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createFakeEngine } from "../engine/index.ts";
import {
  smallProblems,
  writeFolder,
  writeJson,
  writeJsonl,
  writeParquet,
  writeTsv,
} from "../testing/data-files.ts";
import { temporaryDirectory } from "../testing/temporary-directory.ts";
import { collectingContext, freshPath } from "../testing/tiny-run.ts";
import { writeVideoJsonl } from "../testing/video-files.ts";
import { runCommandLine } from "./program.ts";

const problems = await smallProblems(10);

const SMALL = [
  "sampling.maxCompletionTokens=3",
  "train.iterations=2",
  "train.promptsPerIteration=4",
  "train.groupSize=8",
  "train.reportKlEvery=0",
  "sft.steps=0",
].flatMap((flag) => ["--set", flag]);

async function fovea(...words: string[]) {
  const { context, stdout, stderr } = collectingContext();
  const status = await runCommandLine(words, context);
  const records = stdout()
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  return { status, records, stderr: stderr() };
}

function metricsOf(runDirectory: string): Record<string, unknown>[] {
  return readFileSync(join(runDirectory, "metrics.jsonl"), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
}

const FORMATS = [
  ["jsonl", () => writeJsonl(problems)],
  ["json", () => writeJson(problems)],
  ["parquet", () => writeParquet(problems)],
  ["tsv", () => writeTsv(problems)],
  ["csv", () => writeFolder(problems)],
] as const;
const videos = await writeVideoJsonl(10);

describe("fovea train", () => {
  test.each(FORMATS)("learns for two iterations from %s, and says from what", async (format, write) => {
    const runDirectory = freshPath();
    const path = write();
    const { status, records, stderr } = await fovea(
      "train",
      ...["--set", `data=${path}`, ...SMALL, "--run-dir", runDirectory, "--json"],
    );
    expect(stderr).not.toContain("error");
    expect(status).toBe(0);
    expect(records.at(-1)).toMatchObject({ event: "finished", completed: 2 });
    const iterations = metricsOf(runDirectory).filter(({ event }) => event === "iteration");
    expect(iterations).toHaveLength(2);
    for (const metrics of iterations) {
      expect(metrics).toMatchObject({ problems: 4, completions: 32, brokenRows: 0, filteredRows: 0 });
    }
    const { data } = JSON.parse(readFileSync(join(runDirectory, "config.json"), "utf8"));
    expect(data.train).toMatch(new RegExp(`^files format=${format} rows=10 shard=0/1 content=[0-9a-f]{64}$`));
  });

  test("learns from files with the built-in model itself", async () => {
    const { context, stdout } = collectingContext();
    const { openEngine: _fake, ...real } = context;
    const flags = [...SMALL, "--set", "train.promptsPerIteration=2", "--set", "train.groupSize=2"];
    const words = [
      "train",
      "--set",
      `data=${writeParquet(problems)}`,
      ...flags,
      "--run-dir",
      freshPath(),
      "--json",
    ];
    expect(await runCommandLine(words, real)).toBe(0);
    expect(stdout()).toContain('"event":"finished"');
  });

  test("learns for two iterations from videos, with the built-in model and credit by image ablation", async () => {
    const { context, stdout, stderr } = collectingContext();
    const { openEngine: _fake, ...real } = context;
    const flags = [
      "train.promptsPerIteration=2",
      "train.groupSize=2",
      "credit=vicra",
      "train.learningRate=0.01",
    ];
    const set = [...flags, "sampling.maxCompletionTokens=4"].flatMap((flag) => ["--set", flag]);
    const runDirectory = freshPath();
    const words = ["train", "--set", `data=${videos}`, ...SMALL, ...set, "--run-dir", runDirectory, "--json"];
    expect(await runCommandLine(words, real)).toBe(0);
    expect(stderr()).not.toContain("error");
    expect(stdout()).toContain('"event":"finished"');
    const iterations = metricsOf(runDirectory).filter(({ event }) => event === "iteration");
    expect(iterations).toHaveLength(2);
    expect(iterations[1]).toMatchObject({ problems: 2, completions: 4, brokenRows: 0 });
  });

  test("refuses videos before the first step where the engine cannot be shown any", async () => {
    const runDirectory = freshPath();
    const words = ["train", "--set", `data=${videos}`, ...SMALL, "--run-dir", runDirectory];
    const { context, stderr } = collectingContext({
      openEngine: async () => createFakeEngine({ vocabSize: 200, capabilities: ["attention", "reference"] }),
    });
    expect(await runCommandLine(words, context)).toBe(1);
    expect(stderr()).toContain(
      `${videos} line 1: a problem with a video needs the engine capability "video"; this engine has: attention`,
    );
    expect(existsSync(runDirectory)).toBe(false);
  });

  test("leaves out videos whose frames are beyond the limits", async () => {
    const words = ["train", "--set", `data=${videos}`, ...SMALL, "--set", "data.maxPixels=783"];
    const { status, stderr } = await fovea(...words, "--run-dir", freshPath());
    expect(status).toBe(1);
    expect(stderr).toContain("none of 10 rows can be used");
    expect(stderr).toContain("a video frame has 784 pixels, expected at most 783");
  });

  test("skips a broken row, counts it and logs its number", async () => {
    const path = writeJsonl(problems);
    appendFileSync(path, "{broken\n");
    const runDirectory = freshPath();
    const flags = [...SMALL, "--set", "train.promptsPerIteration=10", "--run-dir", runDirectory];
    const { status, stderr } = await fovea("train", "--set", `data=${path}`, ...flags);
    expect(stderr).not.toContain("error");
    expect(status).toBe(0);
    const metrics = metricsOf(runDirectory);
    const broken = metrics.filter(({ event }) => event === "broken-row");
    expect(broken.length).toBeGreaterThan(0);
    expect(broken[0]).toMatchObject({ event: "broken-row", index: 10 });
    expect(String(broken[0]!["message"])).toContain(`${path} line 11: is no JSON`);
    expect(stderr).toContain(`row skipped: ${path} line 11`);
    const counts = metrics.filter(({ event }) => event === "iteration").map((own) => own["brokenRows"]);
    expect(counts.reduce<number>((sum, count) => sum + Number(count), 0)).toBe(broken.length);
    for (const own of metrics) if (own["event"] === "iteration") expect(own["problems"]).toBe(10);
  });

  test.each([
    ["past the share that is allowed", 9, "data.maxBrokenShare=0.05", "6 of"],
    ["at the first, where none is allowed", 1, "data.maxBrokenShare=0", "1 of"],
  ])("stops %s", async (_name, broken, share, expected) => {
    const path = writeJsonl(problems);
    appendFileSync(path, "{broken\n".repeat(broken));
    const flags = [...SMALL, "--set", "train.iterations=20", "--set", share, "--run-dir", freshPath()];
    const { status, stderr } = await fovea("train", "--set", `data=${path}`, ...flags);
    expect(status).toBe(1);
    expect(stderr).toContain(`error: data: ${expected}`);
    expect(stderr).toContain("rows are broken, expected at most a share of");
    expect(stderr).toContain(`${path} line 1`);
  });

  test.each([
    ["no rows", "", [], "expected at least one row, got none"],
    ["no rows that fit", undefined, ["data.minPixels=1000000"], "none of 10 rows can be used"],
    ["a shard beyond its rows", undefined, ["data.shard=[10,11]"], "expected at least one row, got none"],
  ])("refuses a data set with %s before the first step", async (_name, content, settings, expected) => {
    const path = writeJsonl(problems);
    if (content !== undefined) writeFileSync(path, content);
    const flags = settings.flatMap((flag) => ["--set", flag]);
    const words = ["train", "--set", `data=${path}`, ...flags, ...SMALL, "--run-dir", freshPath()];
    const { status, stderr, records } = await fovea(...words, "--json");
    expect(status).toBe(1);
    expect(stderr).toContain(expected);
    expect(records.some(({ event }) => event === "iteration")).toBe(false);
    expect(records.at(-1)).toMatchObject({ event: "failed", code: "data" });
  });

  test("leaves out what is beyond the limits, and counts it", async () => {
    const runDirectory = freshPath();
    const settings = ["data.maxPixels=1000", "data.maxPromptTokens=200"].flatMap((flag) => ["--set", flag]);
    const words = ["train", "--set", `data=${writeJsonl(problems)}`, ...settings, ...SMALL];
    expect((await fovea(...words, "--run-dir", runDirectory)).status).toBe(0);
    const iterations = metricsOf(runDirectory);
    // Every second image is 56 by 56.
    const filtered = iterations.map((own) => Number(own["filteredRows"]));
    expect(filtered.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(2);
    expect(iterations.every((own) => own["problems"] === 4 && own["brokenRows"] === 0)).toBe(true);
  });

  test.each([["sample"], ["credit", "--methods", "uniform"]])(
    "%s says how to show another part where there is no validation part",
    async (...words) => {
      const { status, stderr } = await fovea(...words, "--set", `data=${writeJsonl(problems)}`, ...SMALL);
      expect(status).toBe(1);
      expect(stderr).toContain("has no validation part, only train");
      expect(stderr).toContain("choose another part with --split train");
    },
  );

  test("evaluates on a validation part of its own, and says when there is none", async () => {
    const train = writeJsonl(problems);
    const validation = writeParquet(problems.slice(0, 3));
    const runDirectory = freshPath();
    const words = ["train", "--set", `data=${train}`, ...SMALL, "--set", "train.evaluateEvery=1"];
    const missing = await fovea(...words, "--run-dir", freshPath());
    expect(missing.status).toBe(1);
    expect(missing.stderr).toContain(
      "has no validation part, only train; a data set in files names it by data.validation",
    );
    const own = ["--set", `data.validation=${validation}`, "--run-dir", runDirectory];
    expect((await fovea(...words, ...own)).status).toBe(0);
    const evaluations = metricsOf(runDirectory).filter(({ event }) => event === "evaluation");
    expect(evaluations.map(({ iteration }) => iteration)).toEqual([0, 1, 2]);
    expect(evaluations[0]).toMatchObject({ split: "validation", problems: 3, brokenRows: 0 });
    expect(evaluations[0]).not.toHaveProperty("measures");
    const { data } = JSON.parse(readFileSync(join(runDirectory, "config.json"), "utf8"));
    expect(data.validation).toContain("format=parquet rows=3");

    const measured = await fovea("eval", "--run-dir", runDirectory, "--problems", "5", "--json");
    expect(measured.records.at(-1)).toMatchObject({ event: "finished", problems: 3 });
    const sampled = await fovea(
      "sample",
      "--run-dir",
      runDirectory,
      "--split",
      "train",
      "--problems",
      "2",
      "--json",
    );
    expect(sampled.records.filter(({ event }) => event === "sample")).toHaveLength(2);
    expect(sampled.records[0]).toMatchObject({ problem: "p0", question: "<image>What is the sum?" });
    expect(sampled.records[0]).not.toHaveProperty("tokens.0.truth");
  });
});

describe("fovea data check", () => {
  test("reports what is in a data set, and ends with 0 when it is whole", async () => {
    const path = writeTsv(problems);
    const { status, records } = await fovea("data", "check", path, "--json");
    expect(status).toBe(0);
    const report = records.find(({ event }) => event === "checked");
    expect(report).toMatchObject({
      split: "train",
      format: "tsv",
      files: 1,
      rows: 10,
      brokenRows: 0,
      filteredRows: 0,
      duplicateIds: 0,
      images: 10,
      pixels: { least: 784, median: 784, mean: 784, greatest: 784 },
      questionCharacters: { least: 16, median: 16, mean: 16, greatest: 16 },
      kinds: { colours: 10 },
    });
    expect(records.at(-1)).toMatchObject({ event: "finished", rows: 10, brokenRows: 0 });
  });

  test("counts videos, their frames and their tokens", async () => {
    const words = ["data", "check", videos, "--model", "small", "--set", "data.maxPixels=783"];
    const { status, records } = await fovea(...words, "--json");
    expect(status).toBe(0);
    const report = records.find(({ event }) => event === "checked");
    expect(report).toMatchObject({
      rows: 10,
      filteredRows: 10,
      brokenRows: 0,
      images: 0,
      videos: 10,
      problemsWithoutImage: 0,
      framePixels: { least: 784, greatest: 784 },
      videoFrames: { least: 2, median: 3, mean: 3.3, greatest: 5 },
    });
    // Rows 0, 4 and 8 show the same two frames under the same question, but only those a multiple of 12 apart ask alike.
    expect(report).toMatchObject({ duplicateContents: 0 });
    expect(report).toHaveProperty("promptTokens.least");
    const { context, stdout } = collectingContext();
    await runCommandLine(["data", "check", videos], context);
    expect(stdout()).toMatch(/frames of a video\s+2 to 5, median 3, mean 3.3/);
  });

  test("names broken rows by their lines and duplicates by both, and ends with 1", async () => {
    const path = writeJsonl(problems);
    const [first] = readFileSync(path, "utf8").split("\n");
    appendFileSync(path, `{broken\n${first}\n`);
    const { status, records } = await fovea("data", "check", path, "--json", "--set", "data.maxPixels=784");
    expect(status).toBe(1);
    const broken = records.filter(({ event }) => event === "broken-row");
    expect(broken.map(({ index }) => index)).toEqual([10]);
    expect(String(broken[0]!["message"])).toContain(`${path} line 11: is no JSON`);
    expect(records.filter(({ event }) => event === "duplicate")).toEqual([
      {
        event: "duplicate",
        split: "train",
        index: 11,
        place: `${path} line 12`,
        same: "id",
        as: `${path} line 1`,
      },
      {
        event: "duplicate",
        split: "train",
        index: 11,
        place: `${path} line 12`,
        same: "content",
        as: `${path} line 1`,
      },
    ]);
    expect(records.find(({ event }) => event === "checked")).toMatchObject({
      rows: 12,
      brokenRows: 1,
      filteredRows: 5,
    });
    expect(records.at(-1)).toMatchObject({ event: "failed", code: "data" });
    const forPeople = await fovea("data", "check", path);
    expect(forPeople.stderr).toContain("1 of 12 rows are broken");
  });

  test("goes through all parts of a directory whose files are named by them", async () => {
    const folder = temporaryDirectory();
    writeParquet(problems, { folder });
    const other = readFileSync(writeParquet(problems.slice(0, 2)));
    writeFileSync(join(folder, "validation-00000-of-00001.parquet"), other);
    const { records } = await fovea("data", "check", folder, "--json");
    const parts = records.filter(({ event }) => event === "checked").map(({ split, rows }) => [split, rows]);
    expect(parts).toEqual([
      ["train", 10],
      ["validation", 2],
    ]);
    const one = await fovea("data", "check", folder, "--split", "validation", "--json");
    expect(one.records.at(-1)).toMatchObject({ event: "finished", rows: 2 });
  });

  test("wants a model to count tokens", async () => {
    const path = writeJsonl(problems);
    const { status, stderr } = await fovea("data", "check", path, "--set", "data.maxPromptTokens=5");
    expect(status).toBe(2);
    expect(stderr).toContain("expected --model");
    const counted = await fovea(
      "data",
      "check",
      path,
      "--model",
      "small",
      "--set",
      "data.maxPromptTokens=5",
      "--json",
    );
    expect(counted.records.find(({ event }) => event === "checked")).toMatchObject({ filteredRows: 10 });
    expect(counted.records[0]).toHaveProperty("promptTokens.least");
  });
});
