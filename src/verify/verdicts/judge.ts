/**
 * @module
 * The verdict of a language model behind an OpenAI-compatible server.
 */
import * as z from "zod";
import { Judge, type JudgeContext, type JudgeOptions, judgeFields, judgeName } from "../../judge/index.ts";
import { defineVerdict } from "../definition.ts";
import { withoutThought } from "../extraction/thought.ts";
import type { JudgedProblem, Judgement, Verdict } from "../verdict.ts";
import { answerVerdict } from "./answer.ts";

/** The rule used with a judge. */
export interface RuleBesideJudge extends Verdict {
  /** Its verdict on an answer extracted by the judge; default: the verdict on that answer in a mark. */
  judgeRead?(answer: string, problem: JudgedProblem, text: string): Judgement | Promise<Judgement>;
}

/**
 * Correctness by a language model. The rule extracts the answer that the judge sees as `{extracted}`, compares answers
 * that the judge only extracts, and is recorded beside the judge's verdict.
 *
 * Null (unscorable) if the judge's reply has no verdict.
 *
 * @param rule default: the verdict `answer`
 * @throws PartError, from `judge`, where the server gives no answer
 */
export function judgeVerdict(
  options: JudgeOptions,
  context: JudgeContext = {},
  rule: RuleBesideJudge = answerVerdict(),
): Omit<Verdict, "judge"> & {
  judge(text: string, problem: JudgedProblem, signal?: AbortSignal): Promise<Judgement>;
} {
  const judge = new Judge(options, context);
  return {
    name: `${judgeName(options)}, rule ${rule.name}`,
    judge: async (text, problem, signal) => {
      const byRule = await rule.judge(text, problem, signal);
      const judged = {
        question: problem.question,
        answers: problem.answers.filter((answer) => answer.trim() !== ""),
        options: problem.options,
        completion: text,
        reply: withoutThought(text),
        extracted: byRule.extracted,
        rule: byRule.score,
        ruleOf: async (answer: string) => {
          const read =
            rule.judgeRead?.(answer, problem, text) ??
            rule.judge(`<answer>${answer}</answer>`, problem, signal);
          return (await read).score;
        },
      };
      return judge.judge(judged, signal);
    },
  };
}

/** The verdict `judge`. */
export const judgeDefinition = defineVerdict({
  schema: z
    .strictObject({ kind: z.literal("judge"), ...judgeFields() })
    .describe("The verdict of a language model behind an OpenAI-compatible server."),
  create: (options, { warn }) => judgeVerdict(options, { warn }),
});
