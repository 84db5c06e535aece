import { describe, expect, test } from "vitest";
import { resolveConfig } from "../config/index.ts";
import type { CellResult } from "./run-grid.ts";
import { comparisonMarkdown, comparisonRows, comparisonText } from "./table.ts";

function cell(credit: "uniform" | "dyco-rl", seed: number, accuracy: number): CellResult {
  const config = resolveConfig({ flags: [`credit.kind=${credit}`] });
  const names = { name: `grpo-${credit}-${seed}`, algorithm: "grpo", credit };
  return { ...names, seed, accuracy, accuracyBefore: 0.4, problems: 500, config };
}

const results = [
  cell("uniform", 0, 0.5),
  cell("uniform", 1, 0.6),
  cell("dyco-rl", 0, 0.54),
  cell("dyco-rl", 1, 0.62),
];

describe("comparisonRows", () => {
  test("gives the mean over seeds with Student's interval", () => {
    const [uniform] = comparisonRows(results);
    // s = 0.0707, s/√2 = 0.05, t(0.975; 1) = 12.7062
    expect(uniform!.accuracy.estimate).toBeCloseTo(0.55, 12);
    expect(uniform!.accuracy.high).toBeCloseTo(0.55 + 12.7062 * 0.05, 4);
    expect(uniform!.overUniform).toBeUndefined();
  });

  test("pairs seeds when it compares with uniform credit", () => {
    const [, dyco] = comparisonRows(results);
    expect(dyco!.overUniform!.pairs).toBe(2);
    expect(dyco!.overUniform!.estimate).toBeCloseTo(0.03, 12);
    // differences 0.04 and 0.02: s/√2 = 0.01
    expect(dyco!.overUniform!.standardError).toBeCloseTo(0.01, 12);
  });

  test("compares nothing where uniform credit has no cell of the same seed", () => {
    const [, dyco] = comparisonRows([cell("uniform", 7, 0.5), cell("dyco-rl", 0, 0.6)]);
    expect(dyco!.overUniform).toBeUndefined();
    expect(dyco!.accuracy.high).toBe(Infinity);
  });
});

test("tables say means, intervals and differences in per cent", () => {
  const rows = comparisonRows(results);
  expect(comparisonText(rows).split("\n")[2]).toBe(
    "grpo       dyco-rl  2      40.0       58.0 [7.2, 100.0]  +3.0 [−9.7, +15.7]",
  );
  expect(comparisonMarkdown(rows).split("\n")[3]).toBe(
    "| grpo | dyco-rl | 2 | 40.0 | 58.0 [7.2, 100.0] | +3.0 [−9.7, +15.7] |",
  );
});

test("one seed has no interval", () => {
  expect(comparisonText(comparisonRows([cell("uniform", 0, 0.5)]))).toContain("50.0\n");
});
