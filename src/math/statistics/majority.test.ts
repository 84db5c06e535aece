import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { NumericError, ShapeError } from "../../errors/index.ts";
import { statisticsCases } from "../../testing/statistics-fixtures.ts";
import { majorityScore, majorityVote } from "./majority.ts";

interface Case {
  readonly answers: readonly (string | null)[];
  readonly scores: readonly number[];
  readonly winners: readonly string[];
  readonly votes: number;
  readonly score: number;
}

describe("the majority", () => {
  test("is the answer given most often; without an answer there is no vote", () => {
    expect(majorityVote(["7", "8", "7", null])).toEqual({ answers: ["7"], votes: 2, share: 0.5 });
    expect(majorityScore(["7", "8", "7", null], [1, 0, 1, 0])).toBe(1);
  });

  test("of a tie is right as often as a draw among the tied", () => {
    expect(majorityVote(["8", "7", "8", "7"]).answers).toEqual(["8", "7"]);
    expect(majorityScore(["8", "7", "8", "7"], [0, 1, 0, 1])).toBe(0.5);
    expect(majorityScore(["1", "2", "3"], [0, 0, 1])).toBeCloseTo(1 / 3, 12);
  });

  test.each(statisticsCases<Case>("majority").map((one, i) => [i, one] as const))(
    "is counted right, case %i",
    (_, one) => {
      const { answers, votes, share } = majorityVote(one.answers);
      expect(answers).toEqual(one.winners);
      expect(votes).toBe(one.votes);
      expect(share).toBe(one.answers.length === 0 ? 0 : one.votes / one.answers.length);
      expect(majorityScore(one.answers, one.scores)).toBeCloseTo(one.score, 12);
    },
  );

  test("does not look at the order of the answers", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom("a", "b", "c", null)), (answers) => {
        const scores = answers.map((answer) => Number(answer === "b"));
        const score = majorityScore(answers, scores);
        expect(majorityScore(answers.toReversed(), scores.toReversed())).toBe(score);
        expect(score >= 0 && score <= 1).toBe(true);
      }),
    );
  });

  test("rejects scores of another number, and outside [0, 1]", () => {
    expect(() => majorityScore(["a"], [])).toThrow(ShapeError);
    expect(() => majorityScore(["a"], [2])).toThrow(NumericError);
  });
});
