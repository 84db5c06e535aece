import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { anls } from "./anls.ts";
import { boxIou } from "./box-iou.ts";
import type { Box } from "./boxes.ts";
import { meanRelativeAccuracy } from "./mean-relative-accuracy.ts";
import { numericMatch } from "./numeric.ts";
import { relaxedMatch } from "./relaxed.ts";
import { vqaAccuracy, vqaNormalized } from "./vqa.ts";

interface Recorded {
  readonly relaxed: readonly [string, string, number][];
  readonly anls: readonly [string, string[], number][];
  readonly vqa: readonly [string, string[], number][];
  readonly vqaNormalized: readonly [string, string][];
  readonly mra: readonly [number, number, number][];
  readonly numeric: readonly [string, string, number, "float" | "integer", number][];
  readonly iou: readonly [Box, Box, number][];
}

const recorded = JSON.parse(
  readFileSync(new URL("../../../fixtures/verify/metrics.json", import.meta.url), "utf8"),
) as Recorded;

describe("the metrics of lmms-eval 0.7.3", () => {
  test("relaxed accuracy", () => {
    for (const [given, answer, score] of recorded.relaxed) {
      expect([given, answer, relaxedMatch(given, answer)]).toEqual([given, answer, score]);
    }
  });

  test("ANLS, the best of several answers", () => {
    for (const [given, answers, score] of recorded.anls) {
      const best = Math.max(...answers.map((answer) => anls(given, answer)));
      expect(best, `${given} against ${answers.join(", ")}`).toBeCloseTo(score, 12);
    }
  });

  test("VQA accuracy, and the spelling that it compares", () => {
    for (const [text, plain] of recorded.vqaNormalized) expect(vqaNormalized(text)).toBe(plain);
    for (const [given, answers, score] of recorded.vqa) {
      expect(vqaAccuracy(given, answers), `${given} against ${answers.join(", ")}`).toBeCloseTo(score, 12);
    }
  });

  test("mean relative accuracy", () => {
    for (const [given, answer, score] of recorded.mra) {
      expect(meanRelativeAccuracy(given, answer), `${given} against ${answer}`).toBeCloseTo(score, 12);
    }
  });

  test("numbers at the precision of MathVista", () => {
    for (const [given, answer, places, type, score] of recorded.numeric) {
      const match = numericMatch(given, answer, places, type === "integer");
      expect([given, answer, places, match]).toEqual([given, answer, places, score]);
    }
  });

  test("intersection over union", () => {
    for (const [a, b, score] of recorded.iou) expect(boxIou(a, b)).toBeCloseTo(score, 12);
  });
});
