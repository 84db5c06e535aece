import { describe, expect, test } from "vitest";
import type { AnswerRecord } from "./answer-record.ts";
import { severalSamples } from "./several-samples.ts";

/** One problem with these answers, each with its score. */
function problemOf(
  answers: readonly (readonly [string | null, number | null])[],
  options?: string[],
): AnswerRecord[] {
  return answers.map(([extracted, score], sample) => ({
    problem: "p",
    index: 0,
    sample,
    question: "?",
    answers: ["A"],
    ...(options && { options }),
    columns: {},
    completion: "",
    completionTokens: 1,
    stopReason: "stop",
    extracted,
    score,
    reason: "",
  }));
}

const ofScores = (...scores: (number | null)[]) =>
  problemOf(scores.map((score) => [score === null ? null : String(score), score]));

describe("several samples", () => {
  test("vote for an answer however it is spelt", () => {
    const options = ["cat", "dog"];
    const own = problemOf(
      [
        ["B", 0],
        ["B", 0],
        ["A. cat", 1],
        ["cat", 1],
        ["\\boxed{A}", 1],
      ],
      options,
    );
    expect(severalSamples([own]).majority).toBe(1);
    const fractions = problemOf([
      ["0.25", 0],
      ["0.25", 0],
      ["1/2", 1],
      ["0.5", 1],
      ["\\frac{1}{2}", 1],
    ]);
    expect(severalSamples([fractions]).majority).toBe(1);
  });

  test("of scores 0 and 1 have pass@k over the answers that were judged", () => {
    // 1 of 2 judged answers, and 1 of 4.
    const { passAt, bestAt } = severalSamples([ofScores(1, null, 0, null), ofScores(1, 0, 0, 0)]);
    expect(bestAt).toBeUndefined();
    // Of four answers only the second problem has enough.
    expect(passAt).toEqual({ 1: (1 / 2 + 1 / 4) / 2, 2: (1 + 1 / 2) / 2, 4: 1 });
  });

  test("of graded scores have the expected best of k and no pass@k", () => {
    const { passAt, bestAt } = severalSamples([ofScores(0.5, 0.75), ofScores(0, 1)]);
    expect(passAt).toBeUndefined();
    expect(bestAt).toEqual({ 1: (0.625 + 0.5) / 2, 2: (0.75 + 1) / 2 });
  });

  test("leave answers that were not judged out of the vote, and problems without any judged answer out of all", () => {
    const own = problemOf([
      ["7", null],
      ["7", null],
      ["8", 1],
    ]);
    expect(severalSamples([own, ofScores(null, null, null)])).toEqual({ passAt: { 1: 1 }, majority: 1 });
    expect(severalSamples([ofScores(null, null)])).toEqual({});
  });

  test("are none of one sample", () => {
    expect(severalSamples([ofScores(1)])).toEqual({});
    expect(severalSamples([])).toEqual({});
  });
});
