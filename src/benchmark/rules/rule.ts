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
 * question, in whatever case. Rules see the reply after its thought, as the tools cut it off; without an end of the thought there is no
 * answer.
 */
export function ruleVerdict(name: string, rule: AnswerRule): RuleVerdict {
  return {
    name,
    judge(text, { answers, options = [] }) {
      const reply = withoutThought(text);
      const extracted = reply === null ? undefined : rule(reply, choicesOf(options));
      if (answers.length === 0)
        return { extracted: extracted ?? null, score: null, reason: "no accepted answer" };
      if (extracted === undefined)
        return { extracted: null, score: 0, reason: `no answer by the rule of ${name}` };
      const right = extracted.toLowerCase() === answers[0]?.toLowerCase();
      return { extracted, score: right ? 1 : 0, reason: right ? "right answer" : "wrong answer" };
    },
  };
}
