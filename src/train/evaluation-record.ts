/**
 * @module
 * Evaluations as they stand in metrics.jsonl.
 */
import { type DigitsSplit, isDigitsSource, type ProblemSource } from "../data/index.ts";
import { type Evaluation, type EvaluationOptions, evaluate } from "../eval/index.ts";
import type { Config } from "./config/schema.ts";
import { maxBrokenShare, problemLimits } from "./open-data.ts";

export interface EvaluationRecord extends Evaluation {
  readonly event: "evaluation";
  /** Iterations or steps before it. */
  readonly iteration: number;
  readonly split: DigitsSplit;
}

/** Evaluates on the problems of a split, as the configuration describes it. */
export async function evaluationRecord(
  config: Config,
  place: { readonly iteration: number; readonly split: DigitsSplit; readonly problems: number },
  source: ProblemSource,
  options: Pick<EvaluationOptions, "engine" | "dialogue" | "onProgress" | "shouldStop">,
): Promise<EvaluationRecord> {
  const evaluation = await evaluate({
    ...options,
    source,
    limits: problemLimits(config),
    maxBrokenShare: maxBrokenShare(config),
    world: isDigitsSource(source) ? (index) => source.world(index) : undefined,
    problems: place.problems,
    batchSize: config.evaluation.batchSize,
    maxCompletionTokens: config.sampling.maxCompletionTokens,
  });
  return { event: "evaluation", iteration: place.iteration, split: place.split, ...evaluation };
}
