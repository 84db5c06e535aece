import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { BENCHMARK_KINDS, benchmarkFacts } from "../benchmark/index.ts";
import { collectingContext } from "../testing/tiny-run.ts";
import { runCommandLine } from "./program.ts";

async function fovea(...words: string[]) {
  const { context, stdout, stderr } = collectingContext();
  return { status: await runCommandLine(words, context), stdout: stdout(), stderr: stderr() };
}

const page = readFileSync(new URL("../../docs/benchmarks.md", import.meta.url), "utf8");

test("the list has every benchmark, and no empty fact", async () => {
  const { stdout } = await fovea("benchmarks", "--json");
  const { benchmarks } = JSON.parse(stdout) as { benchmarks: { kind: string }[] };
  expect(benchmarks.map(({ kind }) => kind)).toEqual(BENCHMARK_KINDS);
  for (const facts of benchmarks) {
    expect(Object.values(facts).filter((fact) => fact === "" || String(fact).includes("\n"))).toEqual([]);
  }
});

test("a line has task and metric in brief; a name asked for has all facts", async () => {
  const lines = (await fovea("benchmarks")).stdout.trimEnd().split("\n");
  expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(200);
  const line = lines.find((text) => text.startsWith("easy-vqa "));
  const { task, size, metric, source, files, licence } = benchmarkFacts["easy-vqa"]!;
  for (const fact of [task, metric]) expect(line).toContain(fact);
  const { stdout } = await fovea("benchmarks", "easy-vqa");
  for (const fact of [task, size, metric, source, ...files, licence]) expect(stdout).toContain(fact);
});

test("a name that there is not is an error with the nearest one", async () => {
  const { status, stderr } = await fovea("benchmarks", "easy-vqs");
  expect(status).toBe(2);
  expect(stderr).toContain("no benchmark easy-vqs; did you mean easy-vqa?");
});

describe("docs/benchmarks.md", () => {
  test("has the table that fovea benchmarks --markdown writes", async () => {
    expect(page).toContain((await fovea("benchmarks", "--markdown")).stdout);
  });

  test("lists disagreements about built-in benchmarks only", () => {
    const [, section = ""] = page.split("## Where tools and authors disagree");
    const rows = section.split("\n").filter((line) => line.startsWith("| `"));
    const names = rows.flatMap((line) =>
      [...line.split("|")[1]!.matchAll(/`([^`]+)`/g)].map(([, name]) => name!),
    );
    expect(names.filter((name) => !BENCHMARK_KINDS.includes(name))).toEqual([]);
  });
});
