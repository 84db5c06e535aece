/**
 * @module
 * Intervals by resampling whole completions: tokens of one completion depend on each other, completions do not.
 */
import { NumericError } from "../../errors/index.ts";
import { type Interval, quantile, type Rng } from "../../math/index.ts";

export interface BootstrapOptions {
  /** Draws of as many units as there are; 1,000 unless given. */
  readonly resamples?: number;
  /** Coverage of the intervals; 0.95 unless given. */
  readonly level?: number;
}

/**
 * Percentile intervals of several statistics of the same units.
 *
 *     [q_{(1−level)/2}, q_{(1+level)/2}] of statistic(multiplicities of n units drawn with replacement)
 *
 * @param units n
 * @param statistic numbers from how often each unit was drawn, `[n]`; NaN where a draw leaves a number undefined
 * @returns one interval for each number; bounds are NaN where no draw defines it
 * @throws NumericError when there are no resamples
 */
export function bootstrapIntervals(
  units: number,
  statistic: (multiplicity: Float64Array) => readonly number[],
  rng: Rng,
  { resamples = 1000, level = 0.95 }: BootstrapOptions = {},
): Interval[] {
  if (!(Number.isInteger(resamples) && resamples > 0)) {
    throw new NumericError(`resamples: expected a positive integer, got ${resamples}`);
  }
  const estimates = statistic(new Float64Array(units).fill(1));
  const draws = estimates.map((): number[] => []);
  const multiplicity = new Float64Array(units);
  for (let resample = 0; units > 0 && resample < resamples; resample++) {
    multiplicity.fill(0);
    for (let i = 0; i < units; i++) multiplicity[rng.integer(units)]! += 1;
    for (const [k, value] of statistic(multiplicity).entries()) {
      if (!Number.isNaN(value)) draws[k]!.push(value);
    }
  }
  return estimates.map((estimate, k) => ({
    estimate,
    low: quantile(draws[k]!, (1 - level) / 2),
    high: quantile(draws[k]!, (1 + level) / 2),
  }));
}
