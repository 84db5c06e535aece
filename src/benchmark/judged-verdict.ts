/**
 * @module
 * A benchmark's verdict with a judge, by the authors' protocol.
 */
import type { JudgeOptions } from "../judge/index.ts";
import { judgeVerdict, type Verdict, type VerdictContext } from "../verify/index.ts";
import type { Benchmark } from "./benchmark.ts";

/**
 * Asks the judge where the benchmark's protocol does, and leaves all else to its rule.
 *
 * @param options their prompt decides; `benchmark.judge` names the authors'
 */
export function judgedVerdict(
  { name, verdict, asksJudge, judgeRead }: Pick<Benchmark, "name" | "verdict" | "asksJudge" | "judgeRead">,
  options: JudgeOptions,
  { warn }: VerdictContext = {},
): Verdict {
  const rule = { judge: verdict.judge.bind(verdict), ...(judgeRead && { judgeRead }) };
  const judge = judgeVerdict(options, { warn }, rule);
  return {
    name: `${name} with a judge`,
    judge: (text, problem, signal) =>
      (asksJudge?.(text, problem) === false ? verdict : judge).judge(text, problem, signal),
  };
}
