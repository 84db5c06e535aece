/**
 * @module
 * A benchmark's verdict with a judge, by the authors' protocol.
 */
import type { JudgeOptions } from "../judge/index.ts";
import { judgeVerdict, type RuleBesideJudge, type Verdict, type VerdictContext } from "../verify/index.ts";
import type { Benchmark } from "./benchmark.ts";

/**
 * Asks the judge where the benchmark's protocol does, and leaves all else to its rule.
 *
 * @param options their prompt decides; `benchmark.judge` names the authors'
 */
export function judgedVerdict(
  { verdict, asksJudge, judgeRead }: Pick<Benchmark, "verdict" | "asksJudge" | "judgeRead">,
  options: JudgeOptions,
  context: VerdictContext = {},
): Verdict {
  const rule: RuleBesideJudge = {
    name: verdict.name,
    judge: (text, problem, signal) => verdict.judge(text, problem, signal),
    ...(judgeRead !== undefined && { judgeRead }),
  };
  const judge = judgeVerdict(options, context, rule);
  return {
    name: judge.name,
    judge: (text, problem, signal) =>
      (asksJudge?.(text, problem) === false ? verdict : judge).judge(text, problem, signal),
  };
}
