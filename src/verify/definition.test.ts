import { expect, test } from "vitest";
import { bestOf, judged, readAnswer } from "./definition.ts";

const MARKED = "<think>7</think>I see <answer>8</answer> there.";
const BARE = "<think>7</think> The answer is 9. ";
const OPEN = "<think>7";

test.each<[string, "reply" | "anywhere" | "mark" | "text", string | null]>([
  [MARKED, "reply", "8"],
  [MARKED, "anywhere", "8"],
  [MARKED, "mark", "8"],
  [MARKED, "text", MARKED],
  [BARE, "reply", "The answer is 9."],
  [BARE, "anywhere", "9"],
  [BARE, "mark", null],
  [BARE, "text", BARE],
  [OPEN, "reply", null],
  [OPEN, "anywhere", null],
  [OPEN, "mark", null],
  [OPEN, "text", OPEN],
  ["<think>7</think> ", "reply", null],
  ["so <answer></answer>", "reply", null],
])("of %j from %j the answer is %j", (text, from, answer) => {
  expect(readAnswer(text, from)).toBe(answer);
});

const length = (given: string, answer: string) => (given === answer ? 1 : given.length / 100);

test.each<[string | null, string[], number | null, string]>([
  ["a", ["a"], 1, "right answer"],
  ["a", ["b", "a"], 1, "right answer"],
  ["a", ["b", " "], 0.01, "score 0.010"],
  ["", ["b"], 0, "wrong answer"],
  ["a", [" ", ""], null, "no accepted answer"],
  ["a", [], null, "no accepted answer"],
  [null, ["a"], 0, "no answer"],
  [null, [], null, "no accepted answer"],
  ["\\text{ab}", ["ab"], 1, "right answer"],
  ["\\text{ab}", ["\\text{ab}"], 1, "right answer"],
  ["\\textbf{ab} ", ["ab"], 1, "right answer"],
  ["\\mathrm {ab}", ["ab"], 1, "right answer"],
  ["5\\%", ["5%"], 1, "right answer"],
  ["\\$5 \\& \\#2 \\_", ["$5 & #2 _"], 1, "right answer"],
  ["\\texttt{a}\\mbox{b}", ["ab"], 1, "right answer"],
  ["\\foo", ["foo"], 0.04, "score 0.040"],
])("the best score of %j among %j is %j: %s", (extracted, answers, score, reason) => {
  expect(bestOf(extracted, answers, length)).toEqual({ extracted, score, reason });
});

test("an accepted answer that cannot be read gives no score, unless another can", () => {
  const readable = (_: string, answer: string) => (answer === "?" ? null : 0);
  expect(bestOf("a", ["?"], readable)).toEqual({
    extracted: "a",
    score: null,
    reason: "the accepted answer cannot be read",
  });
  expect(bestOf("a", ["?", "b"], readable).score).toBe(0);
});

test("the reason says what the score means", () => {
  expect([1, 0, 0.25].map((score) => judged("a", score).reason)).toEqual([
    "right answer",
    "wrong answer",
    "score 0.250",
  ]);
});
