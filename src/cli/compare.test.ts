import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { ComparisonRow } from "../compare/index.ts";
import { openEngine } from "../config/index.ts";
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
axes:
  algorithm: [sapo]
  credit: [uniform, dyco-rl]
seeds: [0, 1]
baseline: { credit: uniform }
measures:
  accuracy: {}
  noisier: { config: { data: { noise: 0.3 } } }
  "reward at the end": { kind: run, metric: reward, from: 0.5 }
`;

function grid(text = GRID): { readonly file: string; readonly out: string } {
  const directory = temporaryDirectory();
  const file = join(directory, "grid.yaml");
  writeFileSync(file, text);
  return { file, out: join(directory, "out") };
}

test("runs every cell, and says it as text, Markdown, LaTeX and JSON", async () => {
  const { file, out } = grid();
  const { context, stdout, stderr } = collectingContext();
  expect(await runCommandLine(["compare", file, "--out", out], context)).toBe(0);
  expect(stderr()).toContain("6/6  sapo, dyco-rl, seed 1  accuracy");
  expect(stdout().split("\n")).toHaveLength(8);
  expect(stdout()).toContain("accuracy, noisier: brackets are 95 % intervals over 8 problems");
  expect(stdout()).toContain("reward at the end: brackets are 95 % intervals over 2 seeds");
  expect(stdout()).toMatch(/sapo\s+dyco-rl\s+2 /);
  const { rows, cells } = JSON.parse(readFileSync(join(out, "comparison.json"), "utf8"));
  expect(rows.map((row: ComparisonRow) => row.values["accuracy"]!.difference?.pairs)).toEqual([
    undefined,
    undefined,
    8,
  ]);
  expect(rows[0].values).not.toHaveProperty("reward at the end");
  expect(rows[2].values["reward at the end"].bySeed).toHaveLength(2);
  expect(cells.filter((cell: { isTrained: boolean }) => cell.isTrained)).toHaveLength(4);
  for (const { directory } of cells.slice(2))
    expect(existsSync(join(out, directory, "metrics.jsonl"))).toBe(true);
  expect(readFileSync(join(out, "comparison.md"), "utf8")).toContain("| sapo | uniform | 2 |");
  expect(readFileSync(join(out, "comparison.tex"), "utf8")).toContain("\\begin{tabular}");
});

test("continues cell by cell, and does not run finished cells again", async () => {
  const { file, out } = grid();
  const stopping = collectingContext(stoppingAfter(3));
  expect(await runCommandLine(["compare", file, "--out", out], stopping.context)).toBe(130);
  expect(stopping.stderr()).toMatch(/interrupted after [2-5] of 6 cells/);
  const cells = join(out, "cells");
  const done = readdirSync(cells).find((name) => name.startsWith("sapo-uniform-0"))!;
  rmSync(join(cells, done), { recursive: true });

  const whole = collectingContext();
  expect(await runCommandLine(["compare", file, "--out", out], whole.context)).toBe(0);
  expect(readdirSync(cells)).not.toContain(done);

  const fresh = grid();
  const unbroken = collectingContext();
  expect(await runCommandLine(["compare", fresh.file, "--out", fresh.out], unbroken.context)).toBe(0);
  expect(whole.stdout()).toBe(unbroken.stdout());
});

test("cells of one seed begin with one warm start, for any later training", async () => {
  const text = GRID.replace("sft: { steps: 0 }", "sft: { steps: 3, batchSize: 2 }")
    .replace("noise: 0 }", "noise: 0, warmStart: { readingSteps: 1, transcriptionSteps: 1 } }")
    .replace("seeds: [0, 1]", "seeds: [0]")
    .replace("sapo]", "sapo, grpo]")
    .replace("[uniform, dyco-rl]", "[uniform]")
    .replace(/\n {2}noisier: .*/, "");
  const { file, out } = grid(text);
  // The built-in model itself: what a warm start leaves is a model directory that the next run opens.
  const { context, stderr } = collectingContext({ openEngine });
  const status = await runCommandLine(["compare", file, "--out", out], context);
  expect({ status, stderr: status === 0 ? "" : stderr() }).toEqual({ status: 0, stderr: "" });
  const [start, ...others] = readdirSync(join(out, "warm-starts"));
  expect(others).toEqual([]);
  const cells = readdirSync(join(out, "cells"));
  expect(cells).toHaveLength(2);
  for (const cell of cells) {
    const { config } = JSON.parse(readFileSync(join(out, "cells", cell, "config.json"), "utf8"));
    expect(config.model.path).toBe(join(out, "warm-starts", start!, "model"));
  }
  expect(readdirSync(join(out, "results"))).toContain(`start-${start}`);
});

const ARRANGED = GRID.replace("config:", "config:\n  engine: { kind: local, threads: 1, replicas: 1 }");

test("cells side by side come to the table of one at a time, and say whose each line is", async () => {
  const [one, two] = [grid(ARRANGED), grid(ARRANGED)];
  const alone = collectingContext();
  expect(await runCommandLine(["compare", one.file, "--out", one.out], alone.context)).toBe(0);
  const beside = collectingContext();
  expect(await runCommandLine(["compare", two.file, "--out", two.out, "--jobs", "2"], beside.context)).toBe(
    0,
  );
  expect(beside.stdout()).toBe(alone.stdout());
  expect(beside.stderr()).toMatch(/^sapo, dyco-rl, seed 1: learning .* 2\/2 /m);
  const cell = "sapo-dyco-rl-1";
  const weights = (out: string) => {
    const name = readdirSync(join(out, "cells")).find((each) => each.startsWith(cell))!;
    return readFileSync(join(out, "cells", name, "metrics.jsonl"), "utf8").replaceAll(
      /"timing":\{[^}]*\}/g,
      "",
    );
  };
  expect(weights(two.out)).toBe(weights(one.out));
});

test("interrupted with cells side by side, it ends and continues", async () => {
  const { file, out } = grid(ARRANGED);
  const stopping = collectingContext(stoppingAfter(3));
  expect(await runCommandLine(["compare", file, "--out", out, "--jobs", "3"], stopping.context)).toBe(130);
  const whole = collectingContext();
  expect(await runCommandLine(["compare", file, "--out", out], whole.context)).toBe(0);
  const fresh = grid(ARRANGED);
  const unbroken = collectingContext();
  expect(await runCommandLine(["compare", fresh.file, "--out", fresh.out], unbroken.context)).toBe(0);
  expect(whole.stdout()).toBe(unbroken.stdout());
});

test("refuses several cells at a time whose arrangement would be measured", async () => {
  const { file, out } = grid(GRID.replace("config:", "config:\n  engine: { kind: local }"));
  const { context, stderr } = collectingContext();
  expect(await runCommandLine(["compare", file, "--out", out, "--jobs", "2"], context)).toBe(2);
  expect(stderr()).toContain(
    'engine.threads: expected a number, since 2 cells at a time share the cores, got "auto" in ',
  );
  const none = collectingContext();
  expect(await runCommandLine(["compare", file, "--out", out, "--jobs", "0"], none.context)).toBe(2);
  expect(none.stderr()).toContain("expected a whole number from 1");
});

test("a cell that fails stops those beside it, and the error is its own", async () => {
  const { file, out } = grid(ARRANGED);
  const { context, stderr } = collectingContext();
  let opened = 0;
  const openEngine = async (...config: Parameters<NonNullable<typeof context.openEngine>>) => {
    if (++opened === 3) throw new Error("the third engine broke");
    return context.openEngine!(...config);
  };
  const failing = { ...context, openEngine };
  expect(await runCommandLine(["compare", file, "--out", out, "--jobs", "2"], failing)).toBe(1);
  expect(stderr()).toContain("the third engine broke");
  expect(opened).toBeLessThan(6);
});

test("another grid in the same directory runs what is new in it alone", async () => {
  const { file, out } = grid();
  expect(await runCommandLine(["compare", file, "--out", out], collectingContext().context)).toBe(0);
  writeFileSync(file, GRID.replace("credit: [uniform, dyco-rl]", "credit: [uniform, at-rl]"));
  const { context, stderr } = collectingContext();
  expect(await runCommandLine(["compare", file, "--out", out], context)).toBe(0);
  const begun = stderr()
    .split("\n")
    .filter((line) => /^\d\/6 {2}[^%]*seed \d$/.test(line));
  expect(begun).toEqual(["5/6  sapo, at-rl, seed 0", "6/6  sapo, at-rl, seed 1"]);
  expect(readdirSync(join(out, "cells"))).toHaveLength(6);
});

test("shards run apart come to the table of one run, which the last command makes", async () => {
  const { file, out } = grid();
  for (const shard of ["1/2", "2/2"]) {
    const { context, stdout } = collectingContext();
    expect(await runCommandLine(["compare", file, "--out", out, "--shard", shard], context)).toBe(0);
    expect(stdout()).toContain(`shard ${shard}: 3 of 6 cells are done`);
  }
  expect(existsSync(join(out, "comparison.json"))).toBe(false);
  const whole = collectingContext();
  expect(await runCommandLine(["compare", file, "--out", out], whole.context)).toBe(0);
  expect(whole.stderr()).not.toMatch(/^\d\/6 {2}[^%]*seed \d$/m);
  const fresh = grid();
  const unbroken = collectingContext();
  expect(await runCommandLine(["compare", fresh.file, "--out", fresh.out], unbroken.context)).toBe(0);
  expect(whole.stdout()).toBe(unbroken.stdout());
  const wrong = collectingContext();
  expect(await runCommandLine(["compare", file, "--out", out, "--shard", "3/2"], wrong.context)).not.toBe(0);
  expect(wrong.stderr()).toContain("--shard: expected a part");
});

test("refuses a result that is no JSON", async () => {
  const { file, out } = grid();
  expect(await runCommandLine(["compare", file, "--out", out], collectingContext().context)).toBe(0);
  const cell = readdirSync(join(out, "results")).find((name) => name.startsWith("sapo-uniform-0"))!;
  const [result] = readdirSync(join(out, "results", cell));
  writeFileSync(join(out, "results", cell, result!, "result.json"), '{"evidence":');
  const { context, stderr } = collectingContext();
  expect(await runCommandLine(["compare", file, "--out", out], context)).toBe(1);
  expect(stderr()).toContain(`${result}/result.json: expected a result`);
});

test("lists the cells of a dry run and makes nothing", async () => {
  const { file, out } = grid();
  const { context, stdout } = collectingContext();
  expect(await runCommandLine(["compare", file, "--out", out, "--dry-run"], context)).toBe(0);
  expect(stdout().split("\n")).toHaveLength(7);
  expect(existsSync(out)).toBe(false);
});
