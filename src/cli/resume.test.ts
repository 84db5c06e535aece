import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { collectingContext, freshPath, openFakeEngine, TINY_FLAGS } from "../testing/tiny-run.ts";
import type { CliContext } from "./context.ts";
import { runCommandLine } from "./program.ts";

async function fovea(words: readonly string[], overrides: Partial<CliContext> = {}) {
  const { context, stdout, stderr } = collectingContext(overrides);
  const status = await runCommandLine(words, context);
  return { status, stdout: stdout(), stderr: stderr() };
}

const settings = (...flags: readonly string[]) => flags.flatMap((flag) => ["--set", flag]);
const metricsOf = (path: string) => readFileSync(join(path, "metrics.jsonl"), "utf8").trim().split("\n");
const resume = (command: string, path: string) => [command, "--resume", "--run-dir", path];

describe("resuming without a configuration file", () => {
  test("lays the flags over the configuration that the run recorded", async () => {
    const path = freshPath();
    const first = await fovea(["train", ...settings(...TINY_FLAGS), "--run-dir", path]);
    expect(first.status).toBe(0);
    const longer = await fovea([...resume("train", path), ...settings("train.iterations=5")]);
    expect(longer.stderr).not.toContain("warning: model");
    expect(longer).toMatchObject({ status: 0 });
    expect(metricsOf(path)).toHaveLength(5);
  });

  test("names only the settings among the flags that may not change", async () => {
    const path = freshPath();
    await fovea(["train", ...settings(...TINY_FLAGS), "--run-dir", path]);
    const flags = settings("train.iterations=6", "train.learningRate=0.5");
    const { status, stderr } = await fovea([...resume("train", path), ...flags]);
    expect(status).not.toBe(0);
    expect(stderr).toContain("train.learningRate: 0.05 before, 0.5 now");
    expect(stderr).not.toMatch(/train\.groupSize|data\.kinds|sft\.steps/);
    const seeded = await fovea([...resume("train", path), "--seed", "7"]);
    expect(seeded.stderr).toContain("train.seed: 0 before, 7 now");
  });

  test("does so for a warm start", async () => {
    const path = freshPath();
    const openEngine = async () => openFakeEngine();
    const flags = settings(...TINY_FLAGS, "sft.steps=2", "sft.batchSize=2", "sft.warmup=0");
    expect(await fovea(["sft", ...flags, "--run-dir", path], { openEngine })).toMatchObject({ status: 0 });
    const words = [...resume("sft", path), ...settings("train.checkpointEvery=3")];
    expect(await fovea(words, { openEngine })).toMatchObject({ status: 0 });
    const other = await fovea(resume("train", path), { openEngine });
    expect(other.status).not.toBe(0);
    expect(other.stderr).toMatch(
      /run directory .*: `fovea sft` wrote it, and `fovea train` cannot continue it\n$/,
    );
  });
});
