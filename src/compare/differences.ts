/**
 * @module
 * What tells two cells apart: the difference of one measure with its interval and its paired test, over seeds or over problems.
 */
import { type Interval, mean, pairedDifference, studentInterval, studentProbability } from "../math/index.ts";
import type { Pairing } from "./grid.ts";
import type { Measured } from "./measure.ts";

/** One measure of a cell, by seed. */
export type BySeed = ReadonlyMap<number, Measured>;

/** A difference to a baseline. */
export interface Difference extends Interval {
  /** What it is paired by. */
  readonly pairing: Pairing;
  readonly pairs: number;
  /** Two-sided, of the paired t test. */
  readonly pValue: number;
}

/** `[N]` mean score of each problem over the seeds; problems that were not judged in all of them are left out (NaN). */
function problemMeans(measured: readonly Measured[]): Float64Array | undefined {
  const lists = measured.flatMap(({ scores }) => (scores === undefined ? [] : [scores]));
  if (lists.length === 0 || lists.length < measured.length) return undefined;
  const length = Math.min(...lists.map((scores) => scores.length));
  return Float64Array.from({ length }, (_, i) => {
    const scores = lists.map((list) => list[i]!);
    return scores.some((score) => score === null) ? Number.NaN : mean(scores as number[]);
  });
}

/**
 * A measure's mean over seeds with its 95 % interval: Student's over seeds, or over problems where that is asked for and each
 * problem has a score.
 *
 * @returns an infinite interval for one seed without scores
 */
export function meanOverSeeds(bySeed: BySeed, pairing: Pairing): Interval {
  const measured = [...bySeed.values()];
  const overSeeds = studentInterval(measured.map(({ value }) => value));
  const problems =
    pairing === "problems" ? problemMeans(measured)?.filter((value) => !Number.isNaN(value)) : undefined;
  if (problems === undefined || problems.length === 0) return overSeeds;
  const { estimate, low, high } = studentInterval(problems);
  return {
    estimate: overSeeds.estimate,
    low: overSeeds.estimate + low - estimate,
    high: overSeeds.estimate + high - estimate,
  };
}

/**
 * The difference of two cells over the seeds that both have.
 *
 * @returns undefined where they share no seed
 */
export function differenceOf(own: BySeed, baseline: BySeed, pairing: Pairing): Difference | undefined {
  const seeds = [...own.keys()].filter((seed) => baseline.has(seed));
  if (seeds.length === 0) return undefined;
  const first = seeds.map((seed) => own.get(seed)!);
  const second = seeds.map((seed) => baseline.get(seed)!);
  const byProblem = pairing === "problems" ? problemPairs(first, second) : undefined;
  const [a, b] = byProblem ?? [first.map(({ value }) => value), second.map(({ value }) => value)];
  const { estimate, low, high, standardError, pairs } = pairedDifference(a, b);
  const saysNothing = pairs === 1 || estimate === 0;
  const pValue = saysNothing ? 1 : 2 * studentProbability(-Math.abs(estimate / standardError), pairs - 1);
  return { estimate, low, high, pairing: byProblem ? "problems" : "seeds", pairs, pValue };
}

/** Scores of the problems that both have, by problem; undefined where there are none. */
function problemPairs(
  first: readonly Measured[],
  second: readonly Measured[],
): [number[], number[]] | undefined {
  const [a, b] = [problemMeans(first), problemMeans(second)];
  if (a === undefined || b === undefined || a.length !== b.length) return undefined;
  const kept = [...a.keys()].filter((i) => !Number.isNaN(a[i]) && !Number.isNaN(b[i]));
  return kept.length === 0 ? undefined : [kept.map((i) => a[i]!), kept.map((i) => b[i]!)];
}
