import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { temporaryDirectory } from "../testing/temporary-directory.ts";
import { collectingContext, stoppingAfter } from "../testing/tiny-run.ts";
import type { CliContext } from "./context.ts";
import { runCommandLine } from "./program.ts";

/** Digits scale so small that the fake engine runs a recipe in seconds. */
const TINY = [
  "data.kinds=[largest]",
  "data.digits=[3,3]",
  "sampling.maxCompletionTokens=3",
  "train.iterations=2",
  "train.promptsPerIteration=4",
  "train.groupSize=4",
  "train.checkpointEvery=1",
  "sft.steps=0",
  "evaluation.problems=8",
  "engine.replicas=1",
].flatMap((flag) => ["--set", flag]);

async function reproduce(words: readonly string[], overrides: Partial<CliContext> = {}) {
  const { context, stdout, stderr } = collectingContext(overrides);
  const status = await runCommandLine(["reproduce", ...words], context);
  return { status, stdout: stdout(), stderr: stderr() };
}

const jsonLines = (text: string) =>
  text
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe("fovea reproduce", () => {
  test("lists every recipe with its scale", async () => {
    const { status, stdout } = await reproduce(["--list"]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^vicra\/table-1 +digits +GRPO and DAPO/m);
    expect(stdout).toMatch(/^at-rl\/table-4 +Video/m);
    expect(stdout).toMatch(/^vicra\/table-7 +settings/m);
  });

  test("plans nothing for a recipe that has settings only, and says so", async () => {
    const { status, stdout } = await reproduce(["dyco-rl/table-4", "--plan"]);
    expect(status).toBe(0);
    expect(stdout).toBe(
      "dyco-rl/table-4: has settings only, so nothing runs; without --plan it prints them\n",
    );
    const both = await reproduce(["dyco-rl/table-4", "vicra/table-1", "--plan", "--json"]);
    const [first, second] = jsonLines(both.stdout);
    expect(first).toEqual({ event: "settings-only", recipe: "dyco-rl/table-4" });
    expect(second).toMatchObject({ event: "plan", recipe: "vicra/table-1" });
  });

  test("refuses the same seed twice", async () => {
    const { status, stderr } = await reproduce(["vicra/table-1", "--plan", "--seeds", "1,0,1"]);
    expect(status).toBe(2);
    expect(stderr).toContain("expected each seed once, got 1 twice");
  });

  test("prints printed, ours and the difference, and runs cells that recipes share once", async () => {
    const out = temporaryDirectory();
    const tiny = ["--scale", "digits", "--out", out, "--seeds", "0", ...TINY];
    const first = await reproduce(["vicra/table-8", "vicra/table-10", ...tiny]);
    expect(first.stderr).not.toContain("error");
    expect(first.status).toBe(0);
    expect(readdirSync(join(out, "cells"))).toHaveLength(3);
    expect(first.stdout).toMatch(
      /^7B GRPO w\/ VICRA +seconds of an iteration, s \(Per Step \(s\)\) +434\.8 +.* 7B GRPO +\+63\.0 +[+−]/m,
    );
    expect(first.stdout).toContain("3B GRPO: the built-in task has one small model");
    const table = JSON.parse(readFileSync(join(out, "tables", "digits", "vicra", "table-8.json"), "utf8"));
    expect(table.scale).toBe("digits");
    expect(table.cells).toHaveLength(6);
    expect(readFileSync(join(out, "tables", "digits", "vicra", "table-8.md"), "utf8")).toContain(
      "| KL Divergence | noisier, % |",
    );

    const again = await reproduce(["vicra/table-8", ...tiny]);
    expect(again.stderr).not.toMatch(/^vicra\/table-8 \d\/2 {2}.*, seed 0$/m);
  });

  test("continues after it was interrupted, and gives the same table", async () => {
    const tiny = (out: string) => [
      "vicra/table-8",
      "--scale",
      "digits",
      "--out",
      out,
      "--seeds",
      "0",
      ...TINY,
    ];
    const out = temporaryDirectory();
    const stopped = await reproduce(tiny(out), stoppingAfter(2));
    expect(stopped.status).toBe(130);
    expect(stopped.stderr).toContain("of 2 cells of vicra/table-8; the same command continues");
    const whole = await reproduce(tiny(out));
    const unbroken = await reproduce(tiny(temporaryDirectory()));
    expect(whole.status).toBe(0);
    const withoutPaths = (text: string) => text.replaceAll(/^.*table-8\.md$/gm, "");
    expect(withoutPaths(whole.stdout)).toBe(withoutPaths(unbroken.stdout));
  });

  test("plans: runs, iterations, samples, tokens and cost, shared cells once", async () => {
    const { status, stdout } = await reproduce([
      "vicra/table-1",
      "vicra/table-6",
      "--plan",
      "--json",
      "--price",
      "2",
      "--out",
      "none",
    ]);
    expect(status).toBe(0);
    const [first, second, together] = jsonLines(stdout);
    // 4 runs of 150 iterations of 512 prompts with 5 completions of at most 2,048 tokens.
    const samples = 4 * 150 * 512 * 5;
    // The two of DAPO in up to 20 rounds.
    const mostSamples = samples / 2 + (20 * samples) / 2;
    expect(first).toMatchObject({
      recipe: "vicra/table-1",
      runs: 4,
      starts: 2,
      iterations: 600,
      samples,
      mostSamples,
      tokens: mostSamples * 2048,
    });
    expect(first!["cost"]).toBeCloseTo((2 * mostSamples * 2048) / 1e6, 6);
    expect(second).toMatchObject({ runs: 4, starts: 1 });
    // Both have GRPO with uniform credit and with VICRA's.
    expect(together).toMatchObject({ event: "finished", recipes: 2, runs: 6, starts: 2 });
  });

  test("plans all rounds of dynamic sampling and the second groups of a temporal reward as the most", async () => {
    const plan = async (...set: string[]) => {
      const words = ["vicra/table-8", "--scale", "digits", "--seeds", "0", "--plan"];
      return reproduce([...words, "--json", ...set.flatMap((flag) => ["--set", flag])]);
    };
    const own = ["train.iterations=2", "train.promptsPerIteration=4", "train.groupSize=6"];
    const rounds = "train.dynamicSampling={maxAttempts: 5}";
    const first = async (...set: string[]) => jsonLines((await plan(...own, ...set)).stdout)[0];
    const { runs } = (await first())! as { readonly runs: number };
    const samples = runs * 2 * 4 * 6;
    expect(await first()).toMatchObject({ samples, mostSamples: samples });
    expect(await first(rounds)).toMatchObject({ samples, mostSamples: 5 * samples });
    const temporal = "reward=[{ kind: accuracy }, { kind: temporal }]";
    const most = runs * 5 * 2 * 4 * (6 + 3);
    const found = await first(rounds, temporal, "sampling.maxCompletionTokens=10");
    expect(found).toMatchObject({ mostSamples: most, tokens: 10 * most });
  });

  test("plans of several recipes name the rows that are left out", async () => {
    const { stdout } = await reproduce(["vicra/table-8", "vicra/table-10", "--scale", "digits", "--plan"]);
    expect(stdout).toContain("vicra/table-10, 3B GRPO: the built-in task has one small model");
  });

  test("epochs become iterations by the printed size of the data set", async () => {
    const { stdout } = await reproduce(["at-rl/table-10", "--plan", "--json"]);
    // 38,870 problems, 512 an iteration: 76.
    expect(jsonLines(stdout)[0]).toMatchObject({ runs: 2, iterations: 2 * 76 });
    const unknown = await reproduce(["at-rl/table-5", "--plan"]);
    expect(unknown.stdout).toMatch(/at-rl\/table-5 +11 +1 +unknown/);
  });

  test("at the paper's scale trains on the data set named, and sets the benchmark's number beside the printed one", async () => {
    const out = temporaryDirectory();
    const data = join(temporaryDirectory(), "virl.jsonl");
    const rows = [1, 2, 3, 4].map((i) => ({ question: `${i} + 1?`, answer: String(i + 1) }));
    writeFileSync(data, rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
    const benchmarks = fileURLToPath(new URL("../../fixtures/benchmarks", import.meta.url));
    const small = [
      "model=small",
      "sft.steps=0",
      "train.promptsPerIteration=4",
      "train.groupSize=2",
      "sampling.maxCompletionTokens=3",
      "evaluation.maxCompletionTokens=3",
      "evaluation.benchmarkProblems=6",
    ].flatMap((flag) => ["--set", flag]);
    const words = [
      "at-rl/table-6",
      "--engine",
      "local",
      "--data",
      `GeoQA-8K=${data}`,
      "--benchmarks",
      benchmarks,
    ];
    const { status, stdout, stderr } = await reproduce([...words, "--out", out, ...small]);
    expect({ status, stderr: status === 0 ? "" : stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toMatch(
      /^AT-RL w\/ Bias Correction +MathVerse, % +37\.5 +\d+\.\d \[.*\] +−\d+\.\d \[.*\] +GRPO \(Uniform\) +\+2\.40 /m,
    );
    const [cell] = readdirSync(join(out, "results")).filter((name) => name.startsWith("grpo-at-rl"));
    const [evidence] = readdirSync(join(out, "results", cell!));
    const answers = readFileSync(join(out, "results", cell!, evidence!, "answers.jsonl"), "utf8")
      .trimEnd()
      .split("\n");
    expect(JSON.parse(answers[0]!)).toMatchObject({ benchmark: "mathverse", protocol: { temperature: 0.1 } });
    expect(answers).toHaveLength(7);
  });

  test("--set counts over a row's own settings, and not where two rows become one run", async () => {
    const plan = ["at-rl/table-2", "--scale", "digits", "--plan", "--json"];
    const set = (flag: string) => reproduce([...plan, "--set", flag]);
    const { status, stdout } = await set("train.groupSize=2");
    expect(status).toBe(0);
    const together = JSON.parse(stdout.trimEnd().split("\n").at(-1)!) as Record<string, number>;
    expect(together["samples"]! / together["iterations"]!).toBe(2 * 16);
    const same = await set("credit=uniform");
    expect(same.status).toBe(2);
    expect(same.stderr).toMatch(/--set credit=uniform: makes rows ".*" and ".*" the same run/);
  });

  test("tables of settings need no run", async () => {
    const { status, stdout } = await reproduce(["vicra/table-7"]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/Rollout Number +5 +5 +grpo-vicra +train\.groupSize +equal/);
  });

  test("asks for data sets without a place, and names unknown flags", async () => {
    const noData = await reproduce(["vicra/table-2"]);
    expect(noData.status).toBe(2);
    expect(noData.stderr).toContain('expected --data "ViRL39K=PATH" --data "MMK12=PATH"');
    expect((await reproduce(["vicra/table-2", "--data", "ViRL39K"])).stderr).toContain(
      "--data: expected NAME=PATH",
    );
    expect((await reproduce([])).stderr).toContain(
      "expected a name such as vicra/table-1, or --all or --list",
    );
    expect((await reproduce(["at-rl/table-4", "--scale", "digits"])).stderr).toContain(
      "not at digits scale: the built-in task",
    );
    expect((await reproduce(["vicra/tble-1"])).stderr).toContain("did you mean vicra/table-1?");
  });

  test("what digits scale cannot run is said among many, and ends nothing", async () => {
    const { status, stdout } = await reproduce(["--all", "--plan", "--scale", "digits"]);
    expect(status).toBe(0);
    expect(stdout).toContain("at-rl/table-4: not at digits scale");
    expect(stdout).toMatch(/^together/m);
  });
});
