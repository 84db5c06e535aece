/**
 * @module
 * Rules by which other tools read an answer out of a reply: the same answer as theirs on every text, for numbers that are
 * to be compared with theirs. The default of every benchmark is a verdict of `verify`.
 */
import type { Verdict } from "../../verify/index.ts";
import type { Benchmark } from "../benchmark.ts";
import { type Choice, choicesOf } from "../choices.ts";
import { type ReadingRule, ruleParts } from "./reading.ts";

/**
 * Reads the answer to a question out of a reply.
 *
 * @param choices empty for a question without options
 * @returns undefined where the rule finds none
 */
export type AnswerRule = (reply: string, choices: readonly Choice[]) => string | undefined;

/** The parts of a benchmark that say how an answer is scored. */
export type ScoredBy = Pick<Benchmark, "verdict" | "judge" | "asksJudge" | "judgeRead">;

/** A verdict of `verify`, and the prompt of the judge that may be asked in its place. */
export function scoredByVerdict(verdict: Verdict, judge?: Benchmark["judge"]): ScoredBy {
  return { verdict, ...(judge !== undefined && { judge }) };
}

/**
 * An answer is right when it is the first accepted one, the letter of a multiple-choice question. Where the rule reads none,
 * the tool asks its judge, if it has one. lmms-eval's evaluator takes white space off a reply.
 */
export function readingRule(scorer: string, rule: AnswerRule): ReadingRule {
  return (reply, { answers, options = [] }) => {
    const extracted = rule(scorer === "lmms-eval" ? reply.trim() : reply, choicesOf(options));
    return {
      extracted,
      isRight: extracted !== undefined && extracted === answers[0],
      asksJudge: extracted === undefined,
    };
  };
}

/** How a tool or the authors' code scores by a rule, and by which prompt their judge reads an answer out. */
export function scoredByRule(
  scorer: "vlmevalkit" | "lmms-eval" | "authors",
  rule: AnswerRule,
  judge?: Benchmark["judge"],
): ScoredBy {
  return { ...ruleParts(scorer, readingRule(scorer, rule)), ...(judge !== undefined && { judge }) };
}
