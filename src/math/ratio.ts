/**
 * @module
 * How far the policy has moved since the tokens were sampled: per token, or per completion.
 */
import { requireArray, requireLength } from "./check.ts";

/**
 * Log importance ratio of each token.
 *
 *     ℓₜ = log π(oₜ) − log π_old(oₜ)
 *
 * @param logprobs `[T]`, nats, present policy
 * @param oldLogprobs `[T]`, nats, policy that sampled the tokens
 * @returns `[T]`, nats
 * @throws ShapeError when the lengths differ
 */
export function logRatio(logprobs: ArrayLike<number>, oldLogprobs: ArrayLike<number>): Float64Array {
  requireArray("logprobs", logprobs);
  requireLength("oldLogprobs", oldLogprobs, logprobs.length);
  return Float64Array.from(logprobs, (logprob, t) => logprob - oldLogprobs[t]!);
}

/**
 * Importance ratio of each token.
 *
 *     ρₜ = exp ℓₜ = π(oₜ) / π_old(oₜ)
 *
 * Source: GRPO, arXiv:2402.03300, eq. 3.
 *
 * @param logRatios `[T]`, nats
 * @returns `[T]`, > 0; infinite above 709 nats
 * @throws ShapeError when they are no array
 */
export function tokenRatio(logRatios: ArrayLike<number>): Float64Array {
  requireArray("logRatios", logRatios);
  return Float64Array.from(logRatios, Math.exp);
}

/**
 * Length-normalised importance ratio of a whole completion.
 *
 *     s = exp( Σₜ mₜ·ℓₜ / Σₜ mₜ )
 *
 * Source: GSPO, arXiv:2507.18071, eq. 7. It is the geometric mean of the token ratios.
 *
 * @param logRatios `[T]`, nats
 * @param mask `[T]`, 1 where the token counts; all count when absent
 * @returns s > 0; 1 when no token counts
 * @throws ShapeError when the lengths differ
 */
export function sequenceRatio(logRatios: ArrayLike<number>, mask?: ArrayLike<number>): number {
  requireArray("logRatios", logRatios);
  if (mask) requireLength("mask", mask, logRatios.length);
  let sum = 0;
  let count = 0;
  for (let t = 0; t < logRatios.length; t++) {
    if (mask && mask[t] === 0) continue;
    sum += logRatios[t]!;
    count++;
  }
  return count === 0 ? 1 : Math.exp(sum / count);
}
