import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { namedRows } from "./named-rows.ts";

describe("rows of a study", () => {
  const rows = ["uniform", "dyco-rl", "grpo, uniform", "grpo, dyco-rl", "a, b, c", "a", "b, c"];

  test.each([
    ["uniform,dyco-rl", ["uniform", "dyco-rl"]],
    [" uniform , dyco-rl", ["uniform", "dyco-rl"]],
    ["grpo, uniform,grpo,dyco-rl", ["grpo, uniform", "grpo, dyco-rl"]],
    ["uniform, grpo, uniform", ["uniform", "grpo, uniform"]],
    ["a, b, c", ["a, b, c"]],
  ])("%j are %j", (text, names) => {
    expect([...namedRows(text, rows)]).toEqual(names);
  });

  test.each([
    ["uniform,at-rll", 'expected names of "uniform", .*, got "at-rll"'],
    ["grpo", 'got "grpo"'],
    ["uniform,", 'got ""'],
  ])("refuses %j", (text, message) => {
    expect(() => namedRows(text, rows)).toThrow(new RegExp(`--rows: .*${message}`));
  });
});

test.each([
  [["--nope"], "Unknown option '--nope'"],
  [["results", "runs", "grid.yaml", "--shard", "1/2"], "--shard: expected it with run, got it with results"],
  [["figures", "--rows", "uniform"], "--rows: expected it with run, got it with figures"],
  [["fgures"], "usage: node scripts/study.mjs"],
])("the study's script refuses %j in one line", (words, message) => {
  const script = fileURLToPath(new URL("../../../scripts/study.mjs", import.meta.url));
  const { status, stderr } = spawnSync(process.execPath, [script, ...words], { encoding: "utf8" });
  expect(stderr).toContain(message);
  expect(stderr.trim().split("\n")).toHaveLength(1);
  expect(status).toBe(2);
});
