/**
 * @module
 * Correction for many tests: the cells of a grid, the benchmarks of a table.
 */
import { requireArray, requireNumber } from "../check.ts";

/**
 * Holm's adjusted p-values: rejecting where one is at most α keeps the probability of any false rejection at most α,
 * for any dependence of the tests.
 *
 *     p̃₍ᵢ₎ = max_{j ≤ i} min(1, (m − j + 1)·p₍ⱼ₎),   p₍₁₎ ≤ … ≤ p₍ₘ₎
 *
 * Source: Holm, Scandinavian Journal of Statistics 6 (1979).
 *
 * @param pValues `[m]` in [0, 1]
 * @returns `[m]` in [0, 1], in the order given; empty for none
 * @throws NumericError when a p-value is outside [0, 1]
 * @example
 * holm([0.01, 0.04, 0.03]); // [0.03, 0.06, 0.06]
 */
export function holm(pValues: ArrayLike<number>): number[] {
  requireArray("pValues", pValues);
  const tests = pValues.length;
  for (let i = 0; i < tests; i++) requireNumber(`pValues[${i}]`, pValues[i]!, 0, 1);
  const order = Array.from({ length: tests }, (_, i) => i).sort((a, b) => pValues[a]! - pValues[b]!);
  const adjusted = new Array<number>(tests).fill(0);
  let greatest = 0;
  for (const [rank, test] of order.entries()) {
    greatest = Math.max(greatest, Math.min(1, (tests - rank) * pValues[test]!));
    adjusted[test] = greatest;
  }
  return adjusted;
}
