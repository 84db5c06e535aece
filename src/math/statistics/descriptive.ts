/**
 * @module
 * Descriptive statistics of numbers that may be masked: mean, spread, quantiles and effective sizes.
 */
import { requireArray, requireLength, requireNumber } from "../check.ts";
import { decimalProduct } from "../decimal.ts";

/**
 * Mean of the values that the mask keeps.
 *
 *     Σ mᵢ·xᵢ / Σ mᵢ
 *
 * @param values `[N]`; masked values are not looked at and may be NaN
 * @param mask `[N]`, 0 leaves out; all count when absent
 * @returns 0 when nothing counts
 * @throws ShapeError when the lengths differ
 */
export function mean(values: ArrayLike<number>, mask?: ArrayLike<number>): number {
  const kept = keptValues(values, mask);
  if (kept.length === 0) return 0;
  let sum = 0;
  for (const value of kept) sum += value;
  return sum / kept.length;
}

/**
 * Unbiased variance of the values that the mask keeps.
 *
 *     Σ mᵢ·(xᵢ − x̄)² / (Σ mᵢ − 1)
 *
 * @returns 0 for fewer than two values
 * @throws ShapeError when the lengths differ
 */
export function variance(values: ArrayLike<number>, mask?: ArrayLike<number>): number {
  const kept = keptValues(values, mask);
  if (kept.length < 2) return 0;
  const centre = mean(kept);
  let squares = 0;
  for (const value of kept) squares += (value - centre) ** 2;
  return squares / (kept.length - 1);
}

/**
 * Quantile by linear interpolation between order statistics (Hyndman and Fan's type 7, numpy's default).
 *
 *     x₍ₖ₎ + (x₍ₖ₊₁₎ − x₍ₖ₎)·r,   level·(n − 1) = k + r,   k whole, r in [0, 1)
 *
 * @param level in [0, 1], taken as the decimal number that it is written as
 * @returns NaN when nothing counts, or a value that counts is NaN
 * @throws ShapeError when the lengths differ
 * @throws NumericError when the level is outside [0, 1]
 */
export function quantile(values: ArrayLike<number>, level: number, mask?: ArrayLike<number>): number {
  requireNumber("level", level, 0, 1);
  const sorted = Float64Array.from(keptValues(values, mask)).sort();
  // A typed array sorts NaN to its end.
  if (sorted.length === 0 || Number.isNaN(sorted.at(-1))) return Number.NaN;
  const { whole, rest } = decimalProduct(level, sorted.length - 1);
  const below = sorted[whole]!;
  return rest === 0 ? below : below + (sorted[whole + 1]! - below) * rest;
}

/**
 * How many equally weighted items carry as much information as these weights (Kish).
 *
 *     (Σ wᵢ)² / Σ wᵢ²
 *
 * @param weights `[N]`; where none is negative the result is between 1 and the number of positive weights
 * @returns 0 when all are 0
 * @throws ShapeError when the lengths differ
 */
export function effectiveSampleSize(weights: ArrayLike<number>, mask?: ArrayLike<number>): number {
  let sum = 0;
  let squares = 0;
  for (const weight of keptValues(weights, mask)) {
    sum += weight;
    squares += weight * weight;
  }
  return squares === 0 ? 0 : (sum * sum) / squares;
}

function keptValues(
  values: ArrayLike<number>,
  mask?: ArrayLike<number>,
): ArrayLike<number> & Iterable<number> {
  requireArray("values", values);
  if (mask) requireLength("mask", mask, values.length);
  const kept: number[] = [];
  for (let i = 0; i < values.length; i++) if (mask?.[i] !== 0) kept.push(values[i]!);
  return kept;
}
