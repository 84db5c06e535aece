/**
 * @module
 * Two evaluations of the same problems: their difference, its interval, and whether it may be chance.
 */
import { ShapeError } from "../../errors/index.ts";
import { requireObjects } from "../check.ts";
import { readOptions } from "../options.ts";
import type { Rng } from "../random.ts";
import {
  ACCURACY_OPTIONS,
  type AccuracyOptions,
  hoeffdingInterval,
  isBinary,
  problemMeans,
  weightedMean,
} from "./accuracy-interval.ts";
import { bootstrapIntervals } from "./bootstrap.ts";
import { type Interval, intervalWithin } from "./interval.ts";
import { mcnemarExact } from "./mcnemar.ts";
import { newcombeInterval } from "./newcombe.ts";
import { pairedTable } from "./paired-table.ts";
import { signFlipTest } from "./sign-flip.ts";
import { areAlike, TIE } from "./ties.ts";

/** A difference of accuracies in [−1, 1], paired by problem. */
export interface AccuracyDifference extends Interval {
  readonly problems: number;
  /** Where the interval comes from. */
  readonly method: "newcombe" | "bootstrap" | "hoeffding";
  /** Two-sided. */
  readonly pValue: number;
  /** Where the p-value comes from. */
  readonly test: "mcnemar-exact" | "sign-flip-exact" | "sign-flip-monte-carlo";
}

/**
 * Accuracy of the first evaluation less that of the second, paired by problem, so that problems hard for both do not count
 * as noise.
 *
 *     estimate = Σₚ (s̄ₚ − t̄ₚ) / P,   s̄ₚ and t̄ₚ the mean scores of a problem
 *
 * Where all answers of a model to a problem have one score, 0 or 1, as with one answer each, the interval is Newcombe's and
 * the test McNemar's exact one. Elsewhere the interval is a BCa bootstrap over problems and the test flips the signs of
 * the problems' differences; where all differences are equal except for rounding, the interval is Hoeffding's.
 *
 * @param first `[P][Nₚ]` in [0, 1]
 * @param second `[P][Mₚ]` in [0, 1], the same problems in the same order; the number of answers may be another
 * @param rng draws the resamples
 * @returns without problems estimate 0, the interval [−1, 1] and p 1
 * @throws ConfigError when an option is unknown
 * @throws ShapeError when the numbers of problems differ
 * @throws NumericError when a score is outside [0, 1], a problem has none or an option is out of range
 * @example
 * accuracyDifference([[1], [1], [1], [0]], [[1], [0], [0], [0]], new Rng(0)); // 0.5, [−0.1355, 0.7891], p 0.5
 */
export function accuracyDifference(
  first: readonly ArrayLike<number>[],
  second: readonly ArrayLike<number>[],
  rng: Pick<Rng, "integer" | "word">,
  options: AccuracyOptions = {},
): AccuracyDifference {
  const { level, resamples } = readOptions(options, ACCURACY_OPTIONS);
  requireObjects("first", first);
  requireObjects("second", second);
  const problems = first.length;
  if (second.length !== problems) {
    throw new ShapeError(`second: expected ${problems} problems as in first, got ${second.length}`);
  }
  const firstMeans = problemMeans("first", first);
  const secondMeans = problemMeans("second", second);
  if (isBinary(firstMeans) && isBinary(secondMeans)) {
    const table = pairedTable(firstMeans, secondMeans);
    const { pValue } = mcnemarExact(table);
    return { ...newcombeInterval(table, level), problems, method: "newcombe", pValue, test: "mcnemar-exact" };
  }
  const scale = [...firstMeans, ...secondMeans].reduce((most, value) => Math.max(most, value), 0);
  const differences = firstMeans.map((value, p) => {
    const difference = value - secondMeans[p]!;
    return Math.abs(difference) <= TIE * scale ? 0 : difference;
  });
  const flips = signFlipTest(differences, rng, { resamples });
  const test = `sign-flip-${flips.method}` as const;
  if (areAlike(differences, scale)) {
    const interval = hoeffdingInterval(differences[0]!, problems, 2, level);
    return {
      ...intervalWithin(interval, -1),
      problems,
      method: "hoeffding",
      pValue: flips.pValue,
      test,
    };
  }
  const bootstrap = { level, resamples, method: "bca" } as const;
  const [interval] = bootstrapIntervals(problems, weightedMean(differences), rng, bootstrap);
  return { ...interval!, problems, method: "bootstrap", pValue: flips.pValue, test };
}
