import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { smallProblems, writeFolder, writeJsonl, writeParquet, writeTsv } from "../testing/data-files.ts";
import { collectingContext, freshPath } from "../testing/tiny-run.ts";
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
  ["parquet", () => writeParquet(problems)],
  ["tsv", () => writeTsv(problems)],
  ["csv", () => writeFolder(problems)],
] as const;

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
});
