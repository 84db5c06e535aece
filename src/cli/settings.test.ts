import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { configSchema, settingsReference } from "../config/index.ts";
import { dottedValues } from "../parts/index.ts";
import { collectingContext } from "../testing/tiny-run.ts";
import { runCommandLine } from "./program.ts";

async function fovea(...words: string[]) {
  const { context, stdout, stderr } = collectingContext();
  return { status: await runCommandLine(words, context), stdout: stdout(), stderr: stderr() };
}

test("every key of a resolved configuration is in the reference", () => {
  const known = new Set(settingsReference().flatMap(({ key, rows }) => [key, ...rows.map((row) => row.key)]));
  const keys = dottedValues(configSchema.parse({})).map(([key]) => key);
  expect(keys.length).toBeGreaterThan(50);
  expect(keys.filter((key) => !known.has(key))).toEqual([]);
});

test("docs/configuration.md equals the output of fovea settings --markdown", async () => {
  const page = readFileSync(new URL("../../docs/configuration.md", import.meta.url), "utf8");
  expect((await fovea("settings", "--markdown")).stdout).toBe(page);
});

test("a key is shown with its type, default and meaning, and a wrong one with the nearest", async () => {
  const { stdout } = await fovea("settings", "train.groupSize");
  expect(stdout).toMatch(/train\.groupSize: whole number from \d+, \d+ unless given\n +\w/);
  expect((await fovea("settings", "credit")).stdout).toContain("credit, kind dyco-rl");
  const wrong = await fovea("settings", "train.groupsize");
  expect(wrong.status).toBe(2);
  expect(wrong.stderr).toContain("did you mean train.groupSize?");
});
