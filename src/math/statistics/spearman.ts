/**
 * @module
 * Spearman's rank correlation.
 */
import { requireFinite, requireLength } from "../check.ts";
import { mean } from "./descriptive.ts";

/**
 * Correlation of the ranks of two lists; ties have the mean of their ranks.
 *
 *     ρ = Σ (r − r̄)(s − s̄) / √(Σ (r − r̄)²·Σ (s − s̄)²)
 *
 * @param first `[n]`, finite
 * @param second `[n]`, finite
 * @returns in [−1, 1]; undefined for fewer than two pairs, or where either list has one value alone
 * @throws ShapeError when the lengths differ
 * @throws NumericError when a number is not finite
 * @example
 * spearman([1, 2, 3], [10, 30, 20]); // 0.5
 */
export function spearman(first: ArrayLike<number>, second: ArrayLike<number>): number | undefined {
  requireFinite("first", first);
  requireLength("second", second, first.length);
  requireFinite("second", second);
  const [ranks, others] = [ranksOf(first), ranksOf(second)];
  const [centre, otherCentre] = [mean(ranks), mean(others)];
  let [product, squares, otherSquares] = [0, 0, 0];
  for (const [i, rank] of ranks.entries()) {
    const [x, y] = [rank - centre, others[i]! - otherCentre];
    product += x * y;
    squares += x * x;
    otherSquares += y * y;
  }
  return squares > 0 && otherSquares > 0 ? product / Math.sqrt(squares * otherSquares) : undefined;
}

/** `[n]` ranks from 1; equal values have their mean rank. */
function ranksOf(values: ArrayLike<number>): Float64Array {
  const order = Array.from({ length: values.length }, (_, i) => i).sort((a, b) => values[a]! - values[b]!);
  const ranks = new Float64Array(values.length);
  for (let start = 0, end = 0; start < order.length; start = end) {
    while (end < order.length && values[order[end]!] === values[order[start]!]) end++;
    for (const i of order.slice(start, end)) ranks[i] = (start + 1 + end) / 2;
  }
  return ranks;
}
