/**
 * @module
 * Confidence intervals, and the scale that they may not leave.
 */
import { NumericError } from "../../errors/index.ts";
import { requireObject } from "../check.ts";

/** Bounds of a confidence interval around an estimate. */
export interface Interval {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
}

/**
 * An interval cut to a scale: accuracies lie in [0, 1], their differences in [−1, 1]. The interval covers as often as
 * before, since the true value cannot lie outside.
 *
 * @param low least value of the scale
 * @param high greatest value of the scale
 * @throws NumericError when the estimate is outside the scale
 * @example
 * intervalWithin({ estimate: 0.9, low: 0.7, high: 1.1 }); // { estimate: 0.9, low: 0.7, high: 1 }
 */
export function intervalWithin(interval: Interval, low = 0, high = 1): Interval {
  requireObject("interval", interval);
  const { estimate } = interval;
  if (!(estimate >= low && estimate <= high)) {
    throw new NumericError(`estimate: expected a number in [${low}, ${high}], got ${estimate}`);
  }
  return { estimate, low: Math.max(low, interval.low), high: Math.min(high, interval.high) };
}

/**
 * The probability below the upper bound of a two-sided interval: (1 + level) / 2.
 *
 * @throws NumericError when the level is outside (0, 1)
 */
export function upperProbability(level: number): number {
  if (!(level > 0 && level < 1)) throw new NumericError(`level: expected a number in (0, 1), got ${level}`);
  return (1 + level) / 2;
}
