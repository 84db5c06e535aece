/**
 * @module
 * Sample statistics over numbers that may be masked: means, spread, quantiles, effective sizes and the intervals that
 * belong beside every accuracy and every comparison of runs.
 */
import { NumericError, ShapeError } from "../errors/index.ts";
import { decimalProduct } from "./decimal.ts";
import { normalQuantile, studentQuantile } from "./student-t.ts";

/** Bounds of a confidence interval around an estimate. */
export interface Interval {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
}

/** A comparison of two lists measured on the same items. */
export interface PairedDifference extends Interval {
  /** Standard error of the mean difference. */
  readonly standardError: number;
  readonly pairs: number;
}

/**
 * Mean of what the mask keeps.
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
 * Unbiased variance of what the mask keeps.
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
 * @returns NaN when nothing counts
 * @throws ShapeError when the lengths differ
 * @throws NumericError when the level is outside [0, 1]
 */
export function quantile(values: ArrayLike<number>, level: number, mask?: ArrayLike<number>): number {
  if (!(level >= 0 && level <= 1)) throw new NumericError(`level: expected a number in [0, 1], got ${level}`);
  const sorted = Float64Array.from(keptValues(values, mask)).sort();
  if (sorted.length === 0) return Number.NaN;
  const { whole, rest } = decimalProduct(level, sorted.length - 1);
  const below = sorted[whole]!;
  return rest === 0 ? below : below + (sorted[whole + 1]! - below) * rest;
}

/**
 * How many equally weighted items carry as much information as these weights (Kish).
 *
 *     (Σ wᵢ)² / Σ wᵢ²
 *
 * @returns between 1 and the number of positive weights; 0 when all are 0
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

/**
 * Wilson score interval of a proportion: within [0, 1], and honest near its ends.
 *
 *     (p̂ + z²/2n ± z·√(p̂(1 − p̂)/n + z²/4n²)) / (1 + z²/n)
 *
 * Source: E. B. Wilson, JASA 22 (1927).
 *
 * @param successes an integer in 0 … trials
 * @param trials n; 0 gives the interval [0, 1] and estimate NaN
 * @throws NumericError when the counts or the level are impossible
 * @example
 * wilsonInterval(5, 10); // { estimate: 0.5, low: 0.2366, high: 0.7634 }
 */
export function wilsonInterval(successes: number, trials: number, level = 0.95): Interval {
  const whole = Number.isInteger(successes) && Number.isInteger(trials);
  if (!(whole && successes >= 0 && trials >= successes)) {
    throw new NumericError(`expected integers 0 ≤ successes ≤ trials, got ${successes} of ${trials}`);
  }
  if (trials === 0) return { estimate: Number.NaN, low: 0, high: 1 };
  const z = normalQuantile(twoSided(level));
  const share = successes / trials;
  const centre = share + (z * z) / (2 * trials);
  const width = z * Math.sqrt((share * (1 - share)) / trials + (z * z) / (4 * trials * trials));
  const divisor = 1 + (z * z) / trials;
  return {
    estimate: share,
    low: successes === 0 ? 0 : (centre - width) / divisor,
    high: successes === trials ? 1 : (centre + width) / divisor,
  };
}

/**
 * Interval of a mean from few measurements, Student's t.
 *
 *     x̄ ± t_{n−1} · s / √n
 *
 * @param values `[N]`; one value gives an infinite interval
 * @throws NumericError when there are none, or the level is outside (0, 1)
 * @example
 * studentInterval([1, 2, 3]); // { estimate: 2, low: −0.4841, high: 4.4841 }
 */
export function studentInterval(values: ArrayLike<number>, level = 0.95): Interval {
  const upper = twoSided(level);
  if (values.length === 0) throw new NumericError("values: expected at least one number, got none");
  const estimate = mean(values);
  if (values.length === 1) return { estimate, low: -Infinity, high: Infinity };
  const width = studentQuantile(upper, values.length - 1) * Math.sqrt(variance(values) / values.length);
  return { estimate, low: estimate - width, high: estimate + width };
}

/**
 * Mean of first − second over pairs measured on the same items (seeds, problems), with its Student interval.
 *
 * @param first `[N]`
 * @param second `[N]`
 * @throws ShapeError when the lengths differ
 * @throws NumericError when there are no pairs
 */
export function pairedDifference(
  first: ArrayLike<number>,
  second: ArrayLike<number>,
  level = 0.95,
): PairedDifference {
  if (first.length !== second.length) {
    throw new ShapeError(`second: expected shape [${first.length}], got [${second.length}]`);
  }
  const differences = Float64Array.from(first, (value, i) => value - second[i]!);
  const interval = studentInterval(differences, level);
  const standardError = Math.sqrt(variance(differences) / differences.length);
  return { ...interval, standardError, pairs: differences.length };
}

function keptValues(
  values: ArrayLike<number>,
  mask?: ArrayLike<number>,
): ArrayLike<number> & Iterable<number> {
  if (mask && mask.length !== values.length) {
    throw new ShapeError(`mask: expected shape [${values.length}], got [${mask.length}]`);
  }
  const kept: number[] = [];
  for (let i = 0; i < values.length; i++) if (mask?.[i] !== 0) kept.push(values[i]!);
  return kept;
}

function twoSided(level: number): number {
  if (!(level > 0 && level < 1)) throw new NumericError(`level: expected a number in (0, 1), got ${level}`);
  return (1 + level) / 2;
}
