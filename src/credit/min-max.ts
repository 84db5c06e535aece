/**
 * @module
 * Scores of one completion brought to [0, 1], which several methods begin with.
 */
import { counts } from "./check-signals.ts";

/**
 * Scores by their place between the least and the greatest of the completion.
 *
 *     x̂ₜ = (xₜ − min x) / (max x − min x),      0 throughout where all are equal
 *
 * @param scores `[T]`, finite where tokens count
 * @param mask `[T]` 1 where the token counts; all count when absent
 * @returns `[T]` in [0, 1]; 0 at masked tokens
 * @example
 * minMax([1, 3, 2]); // [0, 1, 0.5]
 */
export function minMax(scores: ArrayLike<number>, mask?: ArrayLike<number>): Float64Array {
  let least = Infinity;
  let greatest = -Infinity;
  for (let t = 0; t < scores.length; t++) {
    if (!counts(mask, t)) continue;
    least = Math.min(least, scores[t]!);
    greatest = Math.max(greatest, scores[t]!);
  }
  return Float64Array.from(scores, (score, t) =>
    counts(mask, t) && greatest > least ? (score - least) / (greatest - least) : 0,
  );
}
