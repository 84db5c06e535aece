/**
 * @module
 * pass@k: whether any of k answers is right.
 */
import { NumericError } from "../../errors/index.ts";

/**
 * Unbiased estimate of the probability that at least one of k answers to a problem is right, from n ≥ k answers of which c
 * are. pass@k of a benchmark is the mean over its problems.
 *
 *     1 − C(n − c, k) / C(n, k) = 1 − Π_{i=0}^{min(c,k)−1} (1 − max(c, k) / (n − i))
 *
 * Source: Chen et al., arXiv:2107.03374, eq. 1. The product runs over the fewer of c and k, in which the quotient is
 * symmetric.
 *
 * @param samples n
 * @param right c, in 0 … n
 * @param k in 1 … n
 * @returns in [0, 1]
 * @throws NumericError when a count is not an integer or out of range
 * @example
 * passAtK(4, 1, 2); // 0.5
 */
export function passAtK(samples: number, right: number, k: number): number {
  const whole = [samples, right, k].every(Number.isSafeInteger);
  if (!(whole && right >= 0 && right <= samples && k >= 1 && k <= samples)) {
    const got = `${samples} answers, ${right} right, k = ${k}`;
    throw new NumericError(`pass@k: expected integers 0 ≤ right ≤ answers and 1 ≤ k ≤ answers, got ${got}`);
  }
  if (samples - right < k) return 1;
  let logarithm = 0;
  for (let i = 0; i < Math.min(right, k); i++) logarithm += Math.log1p(-Math.max(right, k) / (samples - i));
  return 0 - Math.expm1(logarithm);
}
