import { expect, test } from "vitest";
import type { AnswerRecord } from "./answer-record.ts";
import { holdsAcceptedAnswer } from "./held-answer.ts";

const record = (completion: string, answers: readonly string[], score: number | null = 0): AnswerRecord => ({
  problem: "p",
  index: 0,
  sample: 0,
  question: "?",
  answers: [...answers],
  columns: {},
  completion,
  completionTokens: 1,
  stopReason: "stop",
  extracted: completion,
  score,
  reason: "",
});

test.each([
  ["The answer is 14.", ["14"]],
  ["It is Blue", ["blue"]],
  ["so 3", ["3"]],
  ["a left turn, then", ["left turn"]],
  ["größer als Öl", ["öl"]],
])("%s holds %j", (completion, answers) => {
  expect(holdsAcceptedAnswer(record(completion, answers))).toBe(true);
});

test.each([
  ["The answer is 141.", ["14"]],
  ["14.5 of them", ["14"]],
  ["3.14", ["14"]],
  ["1,140", ["140"]],
  ["another", ["no"]],
  ["A picture", ["A"]],
  ["", ["14"]],
  ["text", [""]],
])("%s does not hold %j", (completion, answers) => {
  expect(holdsAcceptedAnswer(record(completion, answers))).toBe(false);
});

test("a right answer, and one that cannot be judged, are not counted", () => {
  expect(holdsAcceptedAnswer(record("14", ["14"], 1))).toBe(false);
  expect(holdsAcceptedAnswer(record("14", ["14"], null))).toBe(false);
});
