import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { resolveConfig } from "../../config/index.ts";
import { temporaryDirectory } from "../../testing/temporary-directory.ts";
import { readMeasures } from "./registry.ts";
import { meanHeight, tokensTo, validationCurve } from "./validation-curve.ts";

const points = [
  { iteration: 0, tokens: 0, accuracy: 0.4 },
  { iteration: 10, tokens: 1_000, accuracy: 0.6 },
  { iteration: 30, tokens: 3_000, accuracy: 0.5 },
];

function metricsFile(records: readonly object[]): string {
  const directory = join(temporaryDirectory(), "run");
  mkdirSync(directory);
  const file = join(directory, "metrics.jsonl");
  writeFileSync(file, records.map((record) => `${JSON.stringify(record)}\n`).join(""));
  return file;
}

const evaluation = (iteration: number, accuracy: number, split = "validation") => ({
  event: "evaluation",
  split,
  iteration,
  accuracy,
});

describe("a validation curve", () => {
  test("is read from the metrics of a run, with the tokens sampled until each evaluation", () => {
    const file = metricsFile([
      { event: "started" },
      evaluation(0, 0.4),
      { event: "iteration", iteration: 1, tokens: 300 },
      { event: "iteration", iteration: 2, tokens: 200 },
      evaluation(2, 0.5),
      evaluation(2, 0.9, "test"),
    ]);
    expect(validationCurve(file)).toEqual([
      { iteration: 0, tokens: 0, accuracy: 0.4 },
      { iteration: 2, tokens: 500, accuracy: 0.5 },
    ]);
  });

  test("has the mean height of its trapezoids", () => {
    // (10·0.5 + 20·0.55) / 30
    expect(meanHeight(points)).toBeCloseTo(16 / 30, 12);
    expect(meanHeight(points.slice(0, 1))).toBeNaN();
    expect(meanHeight([])).toBeNaN();
  });

  test("reaches a height on the line between two evaluations, or with the last token", () => {
    expect(tokensTo(0.5, points)).toBeCloseTo(500, 9);
    expect(tokensTo(0.4, points)).toBe(0);
    expect(tokensTo(0.7, points)).toBe(3_000);
    expect(tokensTo(0.7, [])).toBeNaN();
  });
});

describe("the measure", () => {
  const measure = (options: object) => readMeasures({ own: { kind: "curve", ...options } })[0]!;

  test("picks area and tokens from one evidence", () => {
    expect(measure({}).pick(points).value).toBeCloseTo(16 / 30, 12);
    expect(measure({ pick: "tokens", threshold: 0.5 }).pick(points).value).toBeCloseTo(500, 9);
    expect(measure({}).unit).toBe("share");
  });

  test("refuses a threshold without tokens, tokens without one, and runs without evaluations", async () => {
    expect(() => measure({ threshold: 0.5 })).toThrow("measures.own");
    expect(() => measure({ pick: "tokens" })).toThrow("expected a threshold");
    await expect(measure({}).check!(resolveConfig())).rejects.toThrow(
      "measures.own: expected runs with evaluations on validation, got train.evaluateEvery 0",
    );
    // Nothing of it could be judged.
    expect(measure({}).pick([]).value).toBeNaN();
  });
});
