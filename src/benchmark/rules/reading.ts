/**
 * @module
 * Rules of other tools that look at the whole problem, and may have to ask a judge.
 */
import { type JudgedProblem, type Judgement, type Verdict, withoutThought } from "../../verify/index.ts";
import type { Benchmark } from "../benchmark.ts";

/** A rule's reading of a reply. */
export interface Reading {
  /** The answer that it reads; undefined where there is none. */
  readonly extracted?: string | undefined;
  /** Whether that is right; where the tool would ask its judge, what it decides without. */
  readonly isRight: boolean;
  /** Whether the tool asks its judge, if it has one. */
  readonly asksJudge?: boolean;
}

/** Reads and decides at once. It sees the reply after its thought; "" where the thought has no end. */
export type ReadingRule = (reply: string, problem: JudgedProblem) => Reading;

/** A verdict that needs no wait. */
interface RuleVerdict extends Verdict {
  judge(text: string, problem: JudgedProblem): Judgement;
}

function judgementOf({ extracted, isRight }: Reading): Judgement {
  const reason = isRight
    ? "right answer"
    : extracted === undefined
      ? "no answer by the rule"
      : "wrong answer";
  return { extracted: extracted ?? null, score: isRight ? 1 : 0, reason };
}

/** The parts of a benchmark that follow from a tool's rule and from its comparison of answers that its judge reads out. */
export function ruleParts(
  name: string,
  rule: ReadingRule,
  judgeReadRule: (answer: string, problem: JudgedProblem, reply: string) => Reading = rule,
): Required<Pick<Benchmark, "asksJudge" | "judgeRead">> & { readonly verdict: RuleVerdict } {
  const read = (text: string, problem: JudgedProblem) => rule(withoutThought(text) ?? "", problem);
  return {
    verdict: {
      name,
      judge: (text, problem) =>
        problem.answers.length === 0
          ? { extracted: null, score: null, reason: "no accepted answer" }
          : judgementOf(read(text, problem)),
    },
    asksJudge: (text, problem) => read(text, problem).asksJudge === true,
    judgeRead: (answer, problem, text) =>
      judgementOf(judgeReadRule(answer, problem, withoutThought(text) ?? "")),
  };
}
