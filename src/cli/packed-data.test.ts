import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { smallProblems, writePackedJsonl, writeVirl } from "../testing/data-files.ts";
import { collectingContext, freshPath } from "../testing/tiny-run.ts";
import { runCommandLine } from "./program.ts";

const problems = await smallProblems(12);

const SMALL = [
  "sampling.maxCompletionTokens=3",
  "train.iterations=2",
  "train.promptsPerIteration=4",
  "train.groupSize=4",
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

/** The iterations of a run, without how long they took. */
function iterations(runDirectory: string): Record<string, unknown>[] {
  return readFileSync(join(runDirectory, "metrics.jsonl"), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .filter(({ event }) => event === "iteration")
    .map(({ timing: _timing, ...own }) => own);
}

describe("ViRL39K as it is published, a parquet file of paths beside images.zip", () => {
  const data = writeVirl(problems);

  test("is learned from for two iterations, its images never unpacked", async () => {
    const runDirectory = freshPath();
    const words = ["train", "--set", `data=${data}`, ...SMALL, "--run-dir", runDirectory, "--json"];
    const { status, records, stderr } = await fovea(...words);
    expect(stderr).not.toContain("error");
    expect(status).toBe(0);
    expect(records.at(-1)).toMatchObject({ event: "finished", completed: 2 });
    const own = iterations(runDirectory);
    expect(own).toHaveLength(2);
    for (const metrics of own) expect(metrics).toMatchObject({ problems: 4, completions: 16, brokenRows: 0 });
    const config = JSON.parse(readFileSync(join(runDirectory, "config.json"), "utf8"));
    expect(config.data.train).toMatch(/^files format=parquet rows=12 shard=0\/1 content=[0-9a-f]{64}$/);
  });

  test("is checked whole", async () => {
    const { status, records } = await fovea("data", "check", data, "--json", "--model", "small");
    expect(status).toBe(0);
    expect(records.find(({ event }) => event === "checked")).toMatchObject({
      format: "parquet",
      files: 1,
      rows: 12,
      brokenRows: 0,
      images: 8,
      problemsWithoutImage: 4,
      kinds: { "(GradeSchool) Geometric": 12 },
    });
  });
});

describe("images in an archive", () => {
  test("that are broken are named by their rows and the archive", async () => {
    const { path, zip } = writePackedJsonl(problems);
    const bytes = readFileSync(zip);
    bytes[bytes.indexOf("p3.png") + 20]! ^= 0xff;
    writeFileSync(zip, bytes);
    const { status, records } = await fovea("data", "check", path, "--json");
    expect(status).toBe(1);
    const broken = records.filter(({ event }) => event === "broken-row");
    expect(broken.map(({ index }) => index)).toEqual([3]);
    expect(broken[0]!["message"]).toBe(
      `${path} line 4: image "images/p3.png" in ${zip}: cannot be unpacked: its checksum is wrong`,
    );
  });
});
