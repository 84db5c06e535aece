/**
 * @module
 * Weights that come in over a run: all 1 at its start, a method's own at its end.
 */
import { counts } from "./check-signals.ts";

/**
 * Weights between 1 and a method's own.
 *
 *     w'ₜ = 1 − λ + λ·wₜ
 *
 * @param weights `[T]`
 * @param share λ in [0, 1]
 * @param mask `[T]` 1 where the token counts; all count when absent
 * @returns `[T]`, of the same mean where the mean of the weights is 1; 0 at masked tokens
 * @example
 * scheduledWeights([0, 2], 0.5); // [0.5, 1.5]
 */
export function scheduledWeights(
  weights: ArrayLike<number>,
  share: number,
  mask?: ArrayLike<number>,
): Float64Array {
  return Float64Array.from(weights, (weight, t) => (counts(mask, t) ? 1 - share + share * weight : 0));
}
