/**
 * @module
 * The interval that belongs beside an accuracy, one answer to each problem or several.
 */
import { NumericError } from "../../errors/index.ts";
import { requireArray, requireObjects, requireScores } from "../check.ts";
import { readOptions } from "../options.ts";
import type { Rng } from "../random.ts";
import { BOOTSTRAP_OPTIONS, bootstrapIntervals, type UnitStatistic } from "./bootstrap.ts";
import { mean } from "./descriptive.ts";
import { type Interval, intervalWithin, upperProbability } from "./interval.ts";
import { areAlike } from "./ties.ts";
import { wilsonInterval } from "./wilson.ts";

/** Coverage and effort of an interval of accuracies. */
export interface AccuracyOptions {
  /** Coverage; 0.95 unless given. */
  readonly level?: number;
  /** Draws of the bootstrap; 10,000 unless given. */
  readonly resamples?: number;
}

/** The options, with their defaults. */
export const ACCURACY_OPTIONS = {
  level: BOOTSTRAP_OPTIONS.level,
  resamples: { ...BOOTSTRAP_OPTIONS.resamples, fallback: 10_000 },
};

/** An accuracy with its interval in [0, 1], and where the interval comes from. */
export interface AccuracyInterval extends Interval {
  readonly problems: number;
  readonly method: "wilson" | "bootstrap" | "hoeffding";
}

/**
 * Mean over problems of each problem's mean score, and its interval. Problems are drawn from a population, answers to one
 * problem depend on each other, so an interval over all answers as if they were independent would be too narrow.
 *
 *     estimate = Σₚ s̄ₚ / P,   s̄ₚ = Σₙ sₚₙ / Nₚ
 *
 * - `wilson`, where all answers to a problem have one score, 0 or 1, as with one answer each: by the problems right;
 * - `bootstrap`, where a problem is right now and then, or scores are graded: BCa over problems, answers kept together;
 * - `hoeffding`, where that finds no spread, as with one problem.
 *
 * @param scores `[P][Nₚ]` in [0, 1]
 * @param rng draws the resamples
 * @returns without problems estimate 0 and the interval [0, 1]
 * @throws ConfigError when an option is unknown
 * @throws NumericError when a score is outside [0, 1], a problem has none or an option is out of range
 * @example
 * accuracyInterval([[1], [1], [0], [1]], new Rng(0)); // 0.75, [0.3006, 0.9544], wilson
 */
export function accuracyInterval(
  scores: readonly ArrayLike<number>[],
  rng: Pick<Rng, "integer">,
  options: AccuracyOptions = {},
): AccuracyInterval {
  const { level, resamples } = readOptions(options, ACCURACY_OPTIONS);
  requireObjects("scores", scores);
  const problems = scores.length;
  const means = problemMeans("scores", scores);
  if (isBinary(means)) {
    const right = means.reduce((sum, value) => sum + value, 0);
    return { ...wilsonInterval(right, problems, level), problems, method: "wilson" };
  }
  if (areAlike(means)) {
    const interval = hoeffdingInterval(means[0]!, problems, 1, level);
    return { ...intervalWithin(interval), problems, method: "hoeffding" };
  }
  const bootstrap = { level, resamples, method: "bca" } as const;
  const [interval] = bootstrapIntervals(problems, weightedMean(means), rng, bootstrap);
  return { ...interval!, problems, method: "bootstrap" };
}

/**
 * Mean score of each problem.
 *
 * @param name of the scores, for the message
 * @param scores `[P][Nₚ]`
 * @throws NumericError when a score is outside [0, 1], or a problem has none
 */
export function problemMeans(name: string, scores: readonly ArrayLike<number>[]): Float64Array {
  return Float64Array.from(scores, (own, p) => {
    requireArray(`${name}[${p}]`, own);
    if (own.length === 0) throw new NumericError(`${name}[${p}]: expected at least one score, got none`);
    requireScores(`${name}[${p}]`, own);
    return mean(own);
  });
}

/** Whether each problem is wholly right or wholly wrong. */
export function isBinary(means: Float64Array): boolean {
  return means.every((value) => value === 0 || value === 1);
}

/** Mean of the units drawn. */
export function weightedMean(values: Float64Array): UnitStatistic {
  return (multiplicity) => {
    let sum = 0;
    let count = 0;
    for (let i = 0; i < values.length; i++) {
      sum += multiplicity[i]! * values[i]!;
      count += multiplicity[i]!;
    }
    return [sum / count];
  };
}

/**
 * Interval of a mean of independent values on a scale of known range, for any distribution.
 *
 *     x̄ ± range·√(ln(2 / (1 − level)) / 2n)
 *
 * Source: Hoeffding, JASA 58 (1963), theorem 2. Wide, and true where nothing is known of the spread.
 *
 * @param estimate x̄
 * @param count n > 0
 */
export function hoeffdingInterval(estimate: number, count: number, range: number, level: number): Interval {
  upperProbability(level);
  const width = range * Math.sqrt(Math.log(2 / (1 - level)) / (2 * count));
  return { estimate, low: estimate - width, high: estimate + width };
}
