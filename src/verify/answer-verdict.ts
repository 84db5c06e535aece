/**
 * @module
 * The verdict by the answer alone: the answer that a completion gives equals an accepted one.
 */
import { equivalent } from "./equivalent.ts";
import { extractAnswer } from "./extract-answer.ts";
import type { Verdict } from "./verdict.ts";

/**
 * Right where the extracted answer (`extractAnswer`) is `equivalent` to any accepted answer. A problem whose accepted
 * answers are all blank cannot be judged, since nothing can equal them.
 */
export function answerVerdict(): Verdict {
  return {
    name: "answer",
    judge(text, { answers }) {
      const extracted = extractAnswer(text);
      const accepted = answers.filter((answer) => answer.trim() !== "");
      if (accepted.length === 0) return { extracted, score: null, reason: "no accepted answer" };
      if (extracted === null) return { extracted, score: 0, reason: "no answer" };
      const isAccepted = accepted.some((answer) => equivalent(extracted, answer));
      return { extracted, score: Number(isAccepted), reason: isAccepted ? "right answer" : "wrong answer" };
    },
  };
}
