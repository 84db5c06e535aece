/**
 * @module
 * Weights of one completion scaled so that their mean is 1: the completion as a whole keeps its advantage.
 */
import { counts } from "./check-signals.ts";
import { meanOne } from "./mean-one.ts";

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
  const counted = Float64Array.from(weights, (weight, t) => (counts(mask, t) ? weight : 0));
  if (counted.some((weight) => weight > 0)) return meanOne(counted, mask);
  return counted.map((_, t) => (counts(mask, t) ? 1 : 0));
}
