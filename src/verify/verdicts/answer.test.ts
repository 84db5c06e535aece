import { expect, test } from "vitest";
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
