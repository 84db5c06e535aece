import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryDirectory } from "../testing/temporary-directory.ts";
import { collectingContext, stoppingAfter } from "../testing/tiny-run.ts";
import { runCommandLine } from "./program.ts";

const GRID = `
config:
  data: { kinds: [largest], digits: [3, 3], noise: 0 }
  sampling: { maxCompletionTokens: 3 }
  train: { iterations: 2, promptsPerIteration: 4, groupSize: 4, learningRate: 0.05, checkpointEvery: 1 }
  sft: { steps: 0 }
  evaluation: { problems: 8 }
algorithms: [sapo]
credits: [uniform, dyco-rl]
seeds: [0, 1]
`;

function grid(text = GRID): { readonly file: string; readonly out: string } {
  const directory = temporaryDirectory();
  const file = join(directory, "grid.yaml");
  writeFileSync(file, text);
  return { file, out: join(directory, "out") };
}

test("runs every cell, and says it as text, Markdown and JSON", async () => {
  const { file, out } = grid();
  const { context, stdout, stderr } = collectingContext();
  expect(await runCommandLine(["compare", file, "--out", out], context)).toBe(0);
  expect(stderr()).toContain("4/4  sapo-dyco-rl-1");
  expect(stdout().split("\n")).toHaveLength(4);
  expect(stdout()).toMatch(/sapo\s+dyco-rl\s+2 /);
  const rows = JSON.parse(readFileSync(join(out, "comparison.json"), "utf8"));
  expect(rows.map((row: { overUniform?: { pairs: number } }) => row.overUniform?.pairs)).toEqual([
    undefined,
    2,
  ]);
  expect(readFileSync(join(out, "comparison.md"), "utf8")).toContain("| sapo | uniform | 2 |");
});

test("goes on cell by cell, and does not run again what is done", async () => {
  const { file, out } = grid();
  const stopping = collectingContext(stoppingAfter(3));
  expect(await runCommandLine(["compare", file, "--out", out], stopping.context)).toBe(130);
  expect(stopping.stderr()).toMatch(/interrupted after [1-3] of 4 cells/);
  const done = join(out, "cells", "sapo-uniform-0");
  expect(existsSync(join(done, "model"))).toBe(true);
  rmSync(done, { recursive: true });

  const whole = collectingContext();
  expect(await runCommandLine(["compare", file, "--out", out], whole.context)).toBe(0);
  expect(existsSync(done)).toBe(false);

  const fresh = grid();
  const unbroken = collectingContext();
  expect(await runCommandLine(["compare", fresh.file, "--out", fresh.out], unbroken.context)).toBe(0);
  expect(whole.stdout()).toBe(unbroken.stdout());
});

test("refuses a result of another configuration, and names what differs", async () => {
  const { file, out } = grid();
  expect(await runCommandLine(["compare", file, "--out", out], collectingContext().context)).toBe(0);
  writeFileSync(file, GRID.replace("groupSize: 4", "groupSize: 6"));
  const { context, stderr } = collectingContext();
  expect(await runCommandLine(["compare", file, "--out", out], context)).toBe(1);
  expect(stderr()).toContain("train.groupSize: 4 before, 6 now");
});

test("refuses a result that is no JSON", async () => {
  const { file, out } = grid();
  mkdirSync(join(out, "results"), { recursive: true });
  writeFileSync(join(out, "results", "sapo-uniform-0.json"), '{"accuracy":');
  const { context, stderr } = collectingContext();
  expect(await runCommandLine(["compare", file, "--out", out], context)).toBe(1);
  expect(stderr()).toContain("sapo-uniform-0.json: expected a result");
});

test("lists the cells of a dry run and makes nothing", async () => {
  const { file, out } = grid();
  const { context, stdout } = collectingContext();
  expect(await runCommandLine(["compare", file, "--out", out, "--dry-run"], context)).toBe(0);
  expect(stdout().split("\n")).toHaveLength(5);
  expect(existsSync(out)).toBe(false);
});
