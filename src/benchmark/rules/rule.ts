/**
 * @module
 * Rules by which other tools read an answer out of a reply: the same answer as theirs on every text, for numbers that are
 * to be compared with theirs. The default of every benchmark is a verdict of `verify`.
 */
import { type Judgement, type Verdict, withoutThought } from "../../verify/index.ts";
import { type Choice, choicesOf } from "../choices.ts";

/**
 * Reads the answer to a question out of a reply.
 *
 * @param choices empty for a question without options
 * @returns undefined where the rule finds none
 */
export type AnswerRule = (reply: string, choices: readonly Choice[]) => string | undefined;

/** A verdict that judges at once. */
export interface RuleVerdict extends Verdict {
  judge(...given: Parameters<Verdict["judge"]>): Judgement;
}

/**
 * A verdict by a rule: right when the answer that it reads is the first accepted one, the letter of a multiple-choice
 * question. The rule of a tool sees the reply after its thought, as the tool cuts it off; lmms-eval takes white space off both
 * ends too. Without an end of the thought there is no answer.
 */
export function ruleVerdict(scorer: "vlmevalkit" | "lmms-eval" | "authors", rule: AnswerRule): RuleVerdict {
  return {
    name: scorer,
    judge(text, { answers, options = [] }) {
      const reply = replyFor(scorer, text);
      const extracted = reply === null ? undefined : rule(reply, choicesOf(options));
      if (answers.length === 0)
        return { extracted: extracted ?? null, score: null, reason: "no accepted answer" };
      if (extracted === undefined)
        return { extracted: null, score: 0, reason: `no answer by the rule of ${scorer}` };
      const right = extracted === answers[0];
      return { extracted, score: right ? 1 : 0, reason: right ? "right answer" : "wrong answer" };
    },
  };
}

/** The reply that a scorer reads; null where a thought has not ended. */
export function replyFor(scorer: string, text: string): string | null {
  const reply = withoutThought(text);
  return scorer === "lmms-eval" ? (reply?.trim() ?? null) : reply;
}
