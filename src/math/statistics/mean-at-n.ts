/**
 * @module
 * Mean@N, which VICRA calls Avg@N: accuracy over N answers to each problem, and how much it varies from one to the next.
 */
import { NumericError, ShapeError } from "../../errors/index.ts";
import { requireFinite, requireObjects } from "../check.ts";
import { mean, variance } from "./descriptive.ts";

/** Accuracy of N runs through the same problems. */
export interface MeanAtN {
  /** Mean of the runs' accuracies, which is the mean over all answers. */
  readonly mean: number;
  /** `[N]`: accuracy of the n-th answers to all problems. */
  readonly runs: readonly number[];
  /** Unbiased variance of the runs' accuracies; 0 for one run, of which nothing can be said. */
  readonly variance: number;
  /** Its square root. */
  readonly standardDeviation: number;
}

/**
 * Mean@N and its variance between samples.
 *
 *     aₙ = Σₚ sₚₙ / P,   mean = Σₙ aₙ / N,   variance = Σₙ (aₙ − mean)² / (N − 1)
 *
 * AT-RL, arXiv:2602.11455, eq. 20, counts passed problems, N = 8; VICRA's Table 3 prints Avg@8 with its "evaluation
 * variance", AT-RL's Table 7 standard deviations. The variance says how well this benchmark's accuracy is known with these
 * problems; how well it is known for other problems says `accuracyInterval`. In points of percent the deviation is 100 times
 * as large, the variance 10,000 times.
 *
 * @param scores `[P][N]`, N the same for every problem
 * @throws ShapeError when a problem has another number of answers than the first
 * @throws NumericError without problems or without answers, or when a score is not finite
 * @example
 * meanAtN([[1, 0], [1, 1]]); // { mean: 0.75, runs: [1, 0.5], variance: 0.125, standardDeviation: 0.3536 }
 */
export function meanAtN(scores: readonly ArrayLike<number>[]): MeanAtN {
  requireObjects("scores", scores);
  const samples = scores[0]?.length ?? 0;
  if (samples === 0) throw new NumericError("scores: expected at least one answer to one problem, got none");
  const sums = new Float64Array(samples);
  for (const [p, own] of scores.entries()) {
    if (own.length !== samples) {
      throw new ShapeError(`scores[${p}]: expected ${samples} answers as in scores[0], got ${own.length}`);
    }
    requireFinite(`scores[${p}]`, own);
    for (let n = 0; n < samples; n++) sums[n]! += own[n]!;
  }
  const runs = Array.from(sums, (sum) => sum / scores.length);
  const spread = variance(runs);
  return { mean: mean(runs), runs, variance: spread, standardDeviation: Math.sqrt(spread) };
}
