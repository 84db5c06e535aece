/**
 * @module
 * The paired t test: two lists measured on the same items, seeds or runs.
 */
import { requireArray, requireLength } from "../check.ts";
import { variance } from "./descriptive.ts";
import { studentProbability } from "./distributions/student-t.ts";
import type { Interval } from "./interval.ts";
import { studentInterval } from "./student-interval.ts";

/** A comparison of two lists measured on the same items. */
export interface PairedDifference extends Interval {
  /** Standard error of the mean difference. */
  readonly standardError: number;
  readonly pairs: number;
  /** Mean difference in standard errors, t. */
  readonly statistic: number;
  /** Two-sided probability of a |t| as large where the lists do not differ. */
  readonly pValue: number;
}

/**
 * Mean of first − second over pairs measured on the same items (seeds, runs, problems), with its Student interval and the
 * paired t test.
 *
 *     t = d̄ / (s_d / √n),   p = 2·P(T_{n−1} ≤ −|t|)
 *
 * Source: Student, Biometrika 6 (1908). Where all differences are equal, t is 0 and p is 1 if they are 0; else t is
 * infinite and p is 0. A few runs on few problems can give equal differences by chance.
 *
 * @param first `[N]`
 * @param second `[N]`
 * @returns for one pair an infinite interval, standard error 0, t 0 and p 1: one pair says nothing
 * @throws ShapeError when the lengths differ
 * @throws NumericError when there are no pairs, or a difference is not finite
 * @example
 * pairedDifference([5, 7, 9], [4, 5, 6]); // { estimate: 2, low: −0.484, high: 4.484, statistic: 3.464, pValue: 0.0742, … }
 */
export function pairedDifference(
  first: ArrayLike<number>,
  second: ArrayLike<number>,
  level = 0.95,
): PairedDifference {
  requireArray("first", first);
  requireLength("second", second, first.length);
  const differences = Float64Array.from(first, (value, i) => value - second[i]!);
  const interval = studentInterval(differences, level);
  const pairs = differences.length;
  const standardError = Math.sqrt(variance(differences) / pairs);
  const saysNothing = pairs === 1 || interval.estimate === 0;
  const statistic = saysNothing ? 0 : interval.estimate / standardError;
  const pValue = saysNothing ? 1 : 2 * studentProbability(-Math.abs(statistic), pairs - 1);
  return { ...interval, standardError, pairs, statistic, pValue };
}
