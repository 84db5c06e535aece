/**
 * @module
 * Evaluations as they stand in metrics.jsonl.
 */
import type { DigitsSplit, DigitsTruth } from "../data/index.ts";
import { type Evaluation, type EvaluationOptions, evaluate } from "../eval/index.ts";
import type { Config } from "./config/schema.ts";
import { evaluationSource } from "./open-data.ts";

export interface EvaluationRecord extends Evaluation {
  readonly event: "evaluation";
  /** Iterations or steps before it. */
  readonly iteration: number;
  readonly split: DigitsSplit;
}

/** Evaluates on a split's problems, as the configuration describes them. */
export async function evaluationRecord(
  config: Config,
  place: { readonly iteration: number; readonly split: DigitsSplit; readonly problems: number },
  options: Pick<EvaluationOptions, "engine" | "dialogue" | "onProgress" | "shouldStop">,
): Promise<EvaluationRecord> {
  const source = evaluationSource(config, place.split);
  const world = (index: number): DigitsTruth => source.world(index);
  const evaluation = await evaluate({
    ...options,
    source,
    world,
    problems: place.problems,
    batchSize: config.evaluation.batchSize,
    maxCompletionTokens: config.sampling.maxCompletionTokens,
  });
  return { event: "evaluation", iteration: place.iteration, split: place.split, ...evaluation };
}
