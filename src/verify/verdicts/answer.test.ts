import { describe, expect, test } from "vitest";
import { answerVerdict } from "./answer.ts";

test.each<[string, string, readonly string[], string | null, number | null]>([
  ["the one accepted answer", "<answer>8</answer>", ["8"], "8", 1],
  ["another accepted answer", "so \\boxed{0.5}", ["half", "1/2"], "0.5", 1],
  ["a wrong answer", "<answer>7</answer>", ["8", "9"], "7", 0],
  ["no answer", "I do not know", ["8"], null, 0],
  ["a blank accepted answer beside another", "<answer>8</answer>", [" ", "8"], "8", 1],
  ["blank accepted answers alone: no judgement", "<answer>8</answer>", [""], "8", null],
])("%s", (_, text, answers, extracted, score) => {
  const judged = answerVerdict().judge(text, { question: "?", answers, columns: {} });
  expect(judged).toMatchObject({ extracted, score });
});

describe("a reply that begins with an option and says why", () => {
  const problem = {
    question: "Which colour?",
    answers: ["B"],
    options: ["red", "green", "blue", "grey"],
    columns: {},
  };

  test.each([
    ["**B**\n\nExplanation: D would be grey.", 1],
    ["B\nA is red and therefore wrong.", 1],
    ["B: green\nC: blue would be wrong", 1],
    ["B\n\nBecause A is red, C is blue and D is grey.", 1],
    ["B, because A, C and D do not fit.", 1],
    ["(C)\nB is green and therefore wrong.", 0],
    ["A: green\nThe answer is B.", 1],
    ["A\nOn second thought, the answer is B.", 1],
    ["B\nThe answer is C.", 0],
    ["A green one is shown.\nSo the answer is B.", 1],
  ])("%j scores %d", (text, score) => {
    expect(answerVerdict().judge(text, problem).score).toBe(score);
  });
});
