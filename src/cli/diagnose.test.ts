import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openEngine } from "../config/index.ts";
import { smallProblems, writeJsonl } from "../testing/data-files.ts";
import { temporaryDirectory } from "../testing/temporary-directory.ts";
import { collectingContext, digitsFakeEngine, freshPath } from "../testing/tiny-run.ts";
import { shortNames } from "./diagnose.ts";
import { runCommandLine } from "./program.ts";

const FEW = ["--problems", "6", "--resamples", "20", "--lambda", "2,8", "--candidates", "5"];
const SHORT = ["--set", "sampling.maxCompletionTokens=3"];

const ONE_THREAD = ["--set", "engine.threads=1", "--set", "engine.replicas=1"];

async function fovea(...words: string[]) {
  const { context, stdout, stderr } = collectingContext({ openEngine: async () => digitsFakeEngine() });
  const status = await runCommandLine(["diagnose", ...words], context);
  return { status, stdout: stdout(), stderr: stderr() };
}

describe("fovea diagnose", () => {
  test("writes its report, figures and JSON, and says where", async () => {
    const out = freshPath();
    const { status, stdout } = await fovea("small", "digits", ...FEW, ...SHORT, "--out", out);
    expect(status).toBe(0);
    expect(stdout).toContain("ROLE ACCURACY");
    expect(stdout).toContain(`written to ${out}`);
    expect(readdirSync(out).sort()).toEqual([
      "connectivity.svg",
      "correlation.svg",
      "diagnosis.json",
      "grounding.svg",
      "report.md",
      "roles.svg",
      "time.svg",
    ]);
    const record = JSON.parse(readFileSync(join(out, "diagnosis.json"), "utf8"));
    expect(record).toMatchObject({
      version: 1,
      model: "small",
      data: "digits",
      problems: 6,
      lambda: [2, 8],
    });
    expect(record.models[0]).toMatchObject({ completions: 6 });
    // The fake engine cannot amplify attention.
    expect(record.models[0].leftOut.map(({ part }: { part: string }) => part)).toContain(
      "causal intervention",
    );
    const markdown = readFileSync(join(out, "report.md"), "utf8");
    for (const [, file] of markdown.matchAll(/!\[[^\]]*\]\(([^)]*)\)/g))
      expect(readdirSync(out)).toContain(file);
  });

  test("does the parts that need no truth on other data, and says which were left out and why", async () => {
    const data = writeJsonl(await smallProblems(5));
    const flags = [...FEW, ...SHORT, "--split", "train", "--out", freshPath()];
    const { status, stdout } = await fovea("small", data, ...flags);
    expect(status).toBe(0);
    expect(stdout).toMatch(/role accuracy\s+the data set does not know which tokens read the image/);
    expect(stdout).toContain("CONNECTIVITY");
    expect(stdout).not.toContain("CORRELATION");
  });

  test.each([
    [[], { split: "test", seed: 0 }],
    [["--set", "evaluation.split=train", "--set", "evaluation.seed=4"], { split: "train", seed: 4 }],
    [["--set", "evaluation.seed=4", "--seed", "5"], { split: "test", seed: 5 }],
  ])("with %j takes split and seed from flags, else from settings", async (flags, expected) => {
    const out = freshPath();
    const { status } = await fovea("small", "digits", ...FEW, ...SHORT, ...flags, "--out", out);
    expect(status).toBe(0);
    expect(JSON.parse(readFileSync(join(out, "diagnosis.json"), "utf8"))).toMatchObject(expected);
  });

  test("refuses a directory that cannot be written before any work", async () => {
    const file = freshPath();
    writeFileSync(file, "");
    const { status, stderr } = await fovea("small", "digits", "--out", file);
    expect(status).toBe(1);
    expect(stderr).toContain(`error: ${file}: cannot be written`);
  });

  test("gives one JSON object on stdout", async () => {
    const { stdout } = await fovea("small", "digits", ...FEW, ...SHORT, "--out", freshPath(), "--json");
    const record = JSON.parse(stdout);
    expect(record.event).toBe("finished");
    expect(record.models).toHaveLength(1);
  });

  test.each([
    ["an invalid strength", ["--lambda", "0"], "numbers above 0"],
    ["invalid layers", ["--layers", "first"], "whole numbers from 0"],
    ["invalid heads", ["--heads", "1,-1"], "whole numbers from 0"],
    ["no problems at all", ["--problems", "0"], "a whole number from 1"],
    ["a second model", ["--set", "model=small"], "--set model=small: the model is the one"],
    ["an unknown setting", ["--set", "sampling.temprature=1"], "temperature"],
    ["a model against itself", ["--against", "small"], "expected other models"],
    ["an unknown part of the data", ["--split", "tests"], "tests"],
  ])("refuses %s", async (_, flags, message) => {
    const { status, stderr } = await fovea("small", "digits", ...flags);
    expect(status).toBe(2);
    expect(stderr).toContain(message);
  });
});

test.each([
  ["--layers", "1,4", "--layers: expected whole numbers below 4, got 4"],
  ["--heads", "99", "--heads: expected whole numbers below 4, got 99"],
])("refuses %s %s, which the model does not have", async (flag, places, message) => {
  const { context, stderr } = collectingContext({ openEngine });
  const words = ["diagnose", "small", "digits", ...FEW, ...ONE_THREAD, flag, places, "--out", freshPath()];
  expect(await runCommandLine(words, context)).toBe(2);
  expect(stderr()).toContain(message);
});

test("refuses one model under two names", async () => {
  const model = join(temporaryDirectory(), "model");
  mkdirSync(model);
  const { status, stderr } = await fovea(model, "digits", ...FEW, "--against", `${model}/`);
  expect(status).toBe(2);
  expect(stderr).toContain("--against: expected other models");
});

test.each([
  [
    ["runs/a/model", "runs/b/model"],
    ["a/model", "b/model"],
  ],
  [
    ["runs/a", "runs/a/warm-start/"],
    ["a", "warm-start"],
  ],
  [
    ["x/model", "model"],
    ["x/model", "model"],
  ],
])("names of %j are %j", (models, names) => {
  expect(shortNames(models)).toEqual(names);
});
