/**
 * @module
 * The verdict that most tasks use: the answer of a completion is equivalent to an accepted one.
 */
import { equivalent } from "./equivalent.ts";
import { extractAnswer, markedAnswer } from "./extract-answer.ts";
import type { Verdict } from "./verdict.ts";

export interface AnswerVerdictOptions {
  /** `mark`: only `<answer>…</answer>` or `\boxed{…}` is an answer; `anywhere` (default): else the last option letter or number. */
  readonly from?: "anywhere" | "mark";
}

/** Right when the extracted answer is equivalent to any accepted answer; unscorable without an accepted answer. */
export function answerVerdict({ from = "anywhere" }: AnswerVerdictOptions = {}): Verdict {
  return {
    name: "answer",
    judge(text, { answers }) {
      const extracted = from === "mark" ? (markedAnswer(text) ?? null) : extractAnswer(text);
      const accepted = answers.filter((answer) => answer.trim() !== "");
      if (accepted.length === 0) return { extracted, score: null, reason: "no accepted answer" };
      if (extracted === null) return { extracted, score: 0, reason: "no answer" };
      const isRight = accepted.some((answer) => equivalent(extracted, answer));
      return { extracted, score: isRight ? 1 : 0, reason: isRight ? "right answer" : "wrong answer" };
    },
  };
}
