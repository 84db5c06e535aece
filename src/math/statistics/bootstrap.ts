/**
 * @module
 * Intervals by resampling whole units: problems with all their answers, completions with all their tokens. Values of
 * one unit depend on each other; units are independent.
 */
import { requireWhole } from "../check.ts";
import { checked, oneOf, readOptions, wholeIn } from "../options.ts";
import type { Rng } from "../random.ts";
import { quantile } from "./descriptive.ts";
import { normalProbability, normalQuantile } from "./distributions/normal.ts";
import { type Interval, upperProbability } from "./interval.ts";
import { TIE } from "./ties.ts";

/** How a statistic is resampled, and how the draws become an interval. */
export interface BootstrapOptions {
  /** Draws of as many units as there are; 1,000 unless given. */
  readonly resamples?: number;
  /** Coverage of the intervals; 0.95 unless given. */
  readonly level?: number;
  /** Quantiles of the draws as they are, or corrected for bias and skew; percentile unless given. */
  readonly method?: "percentile" | "bca";
}

/** The options, with their defaults. */
export const BOOTSTRAP_OPTIONS = {
  resamples: wholeIn(1, Infinity, 1000),
  level: checked(0.95, (_, level: number) => void upperProbability(level)),
  method: oneOf(["percentile", "bca"], "percentile"),
};

/** A number or several from how often each unit was drawn, `[n]`; NaN where a draw leaves a number undefined. */
export type UnitStatistic = (multiplicity: Float64Array) => readonly number[];

/**
 * Bootstrap intervals of several statistics of the same n units, which are drawn n at a time with replacement.
 *
 *     [q(α₁), q(α₂)],   q the quantile of the draws θ*
 *     percentile:  α = (1 ∓ level) / 2
 *     bca:         α = Φ(z₀ + (z₀ + z) / (1 − a·(z₀ + z))),   z = Φ⁻¹((1 ∓ level) / 2)
 *                  z₀ = Φ⁻¹(P(θ* < θ) + ½·P(θ* = θ)),   a = Σ uᵢ³ / (6·(Σ uᵢ²)^{3/2}),   uᵢ = mean θ₍·₎ − θ₍ᵢ₎
 *
 * θ₍ᵢ₎ is the statistic without unit i. Source: Efron, JASA 82 (1987); Efron and Tibshirani, An Introduction to the
 * Bootstrap (1993), 14.10 and 14.15. A bound is a value of the statistic or lies between two, so it cannot leave the scale
 * of the statistic. Below some 20 units both are too narrow.
 *
 * @param units n
 * @returns one interval for each number; of equal draws one without width; bounds are NaN where no draw defines the number
 * @throws ConfigError when an option is unknown, or the method another
 * @throws NumericError when there are no resamples, the level is outside (0, 1) or the number of units is impossible
 */
export function bootstrapIntervals(
  units: number,
  statistic: UnitStatistic,
  rng: Pick<Rng, "integer">,
  options: BootstrapOptions = {},
): Interval[] {
  const { resamples, level, method } = readOptions(options, BOOTSTRAP_OPTIONS);
  requireWhole("units", units, 0);
  const upper = upperProbability(level);
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
  const skews = method === "bca" ? accelerations(units, statistic, estimates.length) : undefined;
  return estimates.map((estimate, k) => {
    const own = draws[k]!;
    const levels = [(1 - level) / 2, upper].map((probability) =>
      skews === undefined || own.length === 0
        ? probability
        : corrected(probability, bias(own, estimate), skews[k]!),
    );
    return { estimate, low: quantile(own, levels[0]!), high: quantile(own, levels[1]!) };
  });
}

/**
 * z₀: the place of the estimate among the draws, in normal deviations; finite even if it is outside them. Draws that
 * equal the estimate in exact arithmetic are ties, regardless of rounding in their last bits.
 */
function bias(draws: readonly number[], estimate: number): number {
  const tie = TIE * draws.reduce((most, draw) => Math.max(most, Math.abs(draw)), Math.abs(estimate));
  let below = 0;
  for (const draw of draws) below += Math.abs(draw - estimate) <= tie ? 0.5 : Number(draw < estimate);
  const least = 0.5 / draws.length;
  return normalQuantile(Math.min(1 - least, Math.max(least, below / draws.length)));
}

/** a of each number: a sixth of the skewness of its jackknife; 0 where the jackknife has no spread. */
function accelerations(units: number, statistic: UnitStatistic, numbers: number): number[] {
  const without = Array.from({ length: numbers }, (): number[] => []);
  const multiplicity = new Float64Array(units).fill(1);
  for (let unit = 0; unit < units; unit++) {
    multiplicity[unit] = 0;
    for (const [k, value] of statistic(multiplicity).entries()) {
      if (!Number.isNaN(value)) without[k]!.push(value);
    }
    multiplicity[unit] = 1;
  }
  return without.map((values) => {
    const centre = values.reduce((sum, value) => sum + value / values.length, 0);
    let squares = 0;
    let cubes = 0;
    for (const value of values) {
      squares += (centre - value) ** 2;
      cubes += (centre - value) ** 3;
    }
    return squares === 0 ? 0 : cubes / (6 * squares ** 1.5);
  });
}

/** The level of the draws for a probability; past the pole of the correction it is 0 or 1. */
function corrected(probability: number, z0: number, acceleration: number): number {
  const z = z0 + normalQuantile(probability);
  const divisor = 1 - acceleration * z;
  return divisor > 0 ? normalProbability(z0 + z / divisor) : Number(z > 0);
}
