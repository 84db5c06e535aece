import { expect, test } from "vitest";
import { completionText, type LabelledCompletion } from "./labelled-completion.ts";

const completion = (score: number | null, reason: string): LabelledCompletion => ({
  index: 0,
  problem: { id: "p", images: [], question: "q", answers: ["7"], columns: {} },
  text: "7",
  stopReason: "stop",
  judgement: { extracted: "7", score, reason },
  isRight: score === 1,
  tokens: [{ text: "7" }],
});

test.each([
  [completion(1, "right answer"), "right"],
  [completion(0, "wrong answer"), "wrong, the answer is 7"],
  [completion(null, "the judge gave no verdict"), "not judged: the judge gave no verdict"],
])("a completion ends with its verdict", (one, words) => {
  expect(completionText(one, false).trimEnd().split("\n").at(-1)?.trim()).toBe(words);
});
