/**
 * @module
 * Warns once of a run whose validation accuracy falls below that of its starting weights.
 */
import type { EvaluationRecord } from "./evaluation-record.ts";

/** An accuracy with its 95 % interval. */
type Accuracy = Pick<EvaluationRecord, "accuracy" | "low" | "high">;

/** The state that a checkpoint keeps. */
export interface SavedFall {
  readonly first: Accuracy;
  readonly isWarned: boolean;
}

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

/**
 * Whether an accuracy has fallen: 0 is outside of the 95 % interval of the difference, by the intervals of both.
 *
 *     p₁ − p₂ > √((p₁ − l₁)² + (u₂ − p₂)²)
 *
 * Source: Newcombe, Statistics in Medicine 17 (1998), 873–890, method 10. It takes the two for independent; on the same
 * problems the true interval is mostly narrower.
 */
function hasFallen(first: Accuracy, now: Accuracy): boolean {
  return first.accuracy - now.accuracy > Math.hypot(first.accuracy - first.low, now.high - now.accuracy);
}

/** Compares each evaluation with that of the starting weights. */
export class ValidationFall {
  #saved: SavedFall | undefined;

  constructor(saved?: SavedFall) {
    this.#saved = saved;
  }

  /** The state for a checkpoint; undefined before the evaluation of the starting weights. */
  get saved(): SavedFall | undefined {
    return this.#saved;
  }

  /** The warning about an evaluation, the first time that accuracy has fallen. */
  add({
    iteration,
    accuracy,
    low,
    high,
  }: Pick<EvaluationRecord, "iteration"> & Accuracy): string | undefined {
    const now = { accuracy, low, high };
    // Only the starting weights are compared with: a run whose checkpoint has none of them has no first value.
    if (iteration === 0) this.#saved = { first: now, isWarned: false };
    if (this.#saved === undefined || this.#saved.isWarned || !hasFallen(this.#saved.first, now))
      return undefined;
    const { first } = this.#saved;
    this.#saved = { first, isWarned: true };
    return (
      `validation fell from ${percent(first.accuracy)} to ${percent(accuracy)}; lower train.learningRate or sample more ` +
      "prompts per iteration (train.promptsPerIteration), and see kl and entropy in the metrics"
    );
  }
}
