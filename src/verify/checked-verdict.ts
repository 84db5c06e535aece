/**
 * @module
 * Verdicts by anyone, held to the contract: a fault names the verdict and the problem.
 */
import * as z from "zod";
import { FoveaError, PartError } from "../errors/index.ts";
import { errorText, withinTime } from "../parts/index.ts";
import type { JudgedProblem, Verdict } from "./verdict.ts";

const judgementSchema = z.looseObject({
  extracted: z.string().nullable(),
  score: z.number().min(0).max(1).nullable(),
  reason: z.string(),
});
/** Characters that are quoted of a question or a judgement. */
const QUOTED = 120;

/** The problem by its id, else by its question. */
function problemName(problem: JudgedProblem & { readonly id?: unknown }): string {
  const { id, question } = problem;
  return typeof id === "string" ? `problem ${id}` : `problem ${JSON.stringify(question.slice(0, QUOTED))}`;
}

/**
 * The verdict with its judgements checked.
 *
 * @param where the verdict, in errors
 * @param limit milliseconds of one judgement
 * @throws PartError from `judge` when that throws, takes too long or returns no judgement
 */
export function checkedVerdict(verdict: Verdict, where: string, limit: number): Verdict {
  return {
    name: verdict.name,
    async judge(text, problem, signal) {
      const fault = (reason: string, cause?: unknown) =>
        new PartError(`${where}: ${reason} (${problemName(problem)})`, { cause });
      let judgement: unknown;
      try {
        const late = () => fault(`did not end within ${limit / 1000} s`);
        judgement = await withinTime(verdict.judge(text, problem, signal), {
          milliseconds: limit,
          late,
          signal,
        });
      } catch (error) {
        throw signal?.aborted || error instanceof FoveaError ? error : fault(errorText(error), error);
      }
      const parsed = judgementSchema.safeParse(judgement);
      if (parsed.success) return judgement as Awaited<ReturnType<Verdict["judge"]>>;
      const got = (JSON.stringify(judgement) ?? "nothing").slice(0, QUOTED);
      throw fault(`expected { extracted: text or null, score: 0 to 1 or null, reason: text }, got ${got}`);
    },
  };
}
