/**
 * @module
 * An evaluation as a record of the run.
 */
import type { ProblemSource, Split } from "../../data/index.ts";
import { type Evaluation, type EvaluationOptions, evaluate } from "../../eval/index.ts";
import type { Training } from "./training.ts";

export interface EvaluationRecord extends Evaluation {
  readonly event: "evaluation";
  /** Iterations or steps completed before it. */
  readonly iteration: number;
  readonly split: Split;
}

/** The parts of a training that an evaluation needs. */
export type Evaluated = Pick<
  Training,
  | "engine"
  | "dialogue"
  | "verdict"
  | "measures"
  | "limits"
  | "maxBrokenShare"
  | "evaluationBatch"
  | "isInCode"
> & { readonly sampling: Pick<Training["sampling"], "maxCompletionTokens"> };

/** Evaluates greedily on the first problems of a source. */
export async function evaluationRecord(
  {
    engine,
    dialogue,
    verdict,
    measures,
    limits,
    maxBrokenShare,
    evaluationBatch,
    isInCode,
    sampling,
  }: Evaluated,
  place: {
    readonly iteration: number;
    readonly split: Split;
    readonly problems: number;
    readonly source: ProblemSource;
  },
  options: Pick<EvaluationOptions, "onAnswer" | "onProgress" | "shouldStop"> = {},
): Promise<EvaluationRecord> {
  const { iteration, split, problems, source } = place;
  const evaluation = await evaluate({
    ...options,
    engine,
    dialogue,
    source,
    limits,
    maxBrokenShare,
    brokenSetting: isInCode ? "maxBrokenShare" : undefined,
    verdict,
    measures,
    problems,
    batchSize: evaluationBatch,
    maxCompletionTokens: sampling.maxCompletionTokens,
  });
  return { event: "evaluation", iteration, split, ...evaluation };
}
