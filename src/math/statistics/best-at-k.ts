/**
 * @module
 * best@k: the best score of k answers.
 */
import { NumericError } from "../../errors/index.ts";
import { requireArray, requireScores } from "../check.ts";

/**
 * Unbiased estimate of the expected best score of k answers to a problem, from n ≥ k answers. Of scores 0 and 1 it is
 * pass@k.
 *
 *     Σᵢ s₍ᵢ₎ · C(i − 1, k − 1) / C(n, k),   s₍₁₎ ≤ … ≤ s₍ₙ₎
 *
 * C(i − 1, k − 1) of the C(n, k) sets of k answers have the i-th score as their greatest.
 *
 * @param scores `[n]` in [0, 1]
 * @param k in 1 … n
 * @returns in [0, 1]
 * @throws NumericError when k is not an integer or out of range, or a score is outside [0, 1]
 * @example
 * bestAtK([0, 0.5, 1], 2); // 0.8333: 0.5, 1 and 1
 */
export function bestAtK(scores: ArrayLike<number>, k: number): number {
  requireArray("scores", scores);
  const { length } = scores;
  if (!(Number.isSafeInteger(k) && k >= 1 && k <= length)) {
    throw new NumericError(`best@k: expected an integer 1 ≤ k ≤ answers, got ${length} answers, k = ${k}`);
  }
  requireScores("scores", scores);
  const sorted = Float64Array.from(scores).sort();
  let share = k / length;
  let sum = 0;
  for (let i = length; i >= k; i--) {
    sum += sorted[i - 1]! * share;
    if (i > k) share *= (i - k) / (i - 1);
  }
  return Math.min(1, sum);
}
