/**
 * @module
 * Weights of one completion scaled so that their mean is 1: the completion as a whole keeps its advantage.
 */
import { countedTokens, counts } from "./check-signals.ts";

/**
 * Weights whose mean over the tokens that count is 1.
 *
 *     w̃ₜ = wₜ·T / Σ w,      1 throughout where Σ w = 0
 *
 * @param weights `[T]`, finite and ≥ 0 where tokens count
 * @param mask `[T]` 1 where the token counts; all count when absent
 * @returns `[T]`; 0 at masked tokens
 * @example
 * keepMass([1, 0, 2]); // [1, 0, 2]
 */
export function keepMass(weights: ArrayLike<number>, mask?: ArrayLike<number>): Float64Array {
  let sum = 0;
  for (let t = 0; t < weights.length; t++) if (counts(mask, t)) sum += weights[t]!;
  const tokens = countedTokens(mask, weights.length);
  return Float64Array.from(weights, (weight, t) => {
    if (!counts(mask, t)) return 0;
    return sum > 0 ? (weight / sum) * tokens : 1;
  });
}
