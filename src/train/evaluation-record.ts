/**
 * @module
 * Evaluations as they stand in metrics.jsonl.
 */
import type { ProblemSource, Split } from "../data/index.ts";
import { type Evaluation, type EvaluationOptions, evaluate } from "../eval/index.ts";
import { answerVerdict } from "../verify/index.ts";
import type { Config } from "./config/schema.ts";
import { maxBrokenShare, problemLimits } from "./open-data.ts";
import { openTask } from "./open-task.ts";

export interface EvaluationRecord extends Evaluation {
  readonly event: "evaluation";
  /** Iterations or steps before it. */
  readonly iteration: number;
  readonly split: Split;
}

/** Evaluates on the problems of a split, as the configuration describes it. */
export async function evaluationRecord(
  config: Config,
  place: { readonly iteration: number; readonly split: Split; readonly problems: number },
  source: ProblemSource,
  options: Pick<EvaluationOptions, "engine" | "dialogue" | "onAnswer" | "onProgress" | "shouldStop">,
): Promise<EvaluationRecord> {
  const evaluation = await evaluate({
    ...options,
    source,
    limits: problemLimits(config),
    maxBrokenShare: maxBrokenShare(config),
    verdict: answerVerdict(),
    measures: openTask(config).measures,
    problems: place.problems,
    batchSize: config.evaluation.batchSize,
    maxCompletionTokens: config.sampling.maxCompletionTokens,
  });
  return { event: "evaluation", iteration: place.iteration, split: place.split, ...evaluation };
}
