import { expect, test } from "vitest";
import { answerToken } from "./answer-token.ts";

const texts = ["I", " see", " 15", " and", " <answer>", "1", "5", "</answer>", ""];

test("the first token of the answer's last place", () => {
  expect(answerToken(texts, "15")).toBe(5);
  expect(answerToken(texts, "see")).toBe(1);
});

test("without an answer in the text, the last token that has one", () => {
  expect(answerToken(texts, null)).toBe(7);
  expect(answerToken(texts, "fifteen")).toBe(7);
  expect(answerToken([], null)).toBe(0);
});
