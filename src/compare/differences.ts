/**
 * @module
 * The difference of two cells in one measure, with its interval and its paired test, over seeds or over problems.
 */
import {
  accuracyDifference,
  accuracyInterval,
  holm,
  type Interval,
  pairedDifference,
  Rng,
  studentInterval,
} from "../math/index.ts";
import type { Pairing } from "./grid.ts";
import type { Measured } from "./measure.ts";

/** One measure of a cell, by seed. */
export type BySeed = ReadonlyMap<number, Measured>;

/** A mean over seeds. */
export interface Mean extends Interval {
  /** The unit of its interval. */
  readonly pairing: Pairing;
  /** Seeds or problems that the interval is over; absent where the measure has an interval of its own. */
  readonly count?: number;
}

/** A difference to a baseline. */
export interface Difference extends Interval {
  /** The unit of pairing. */
  readonly pairing: Pairing;
  readonly pairs: number;
  /** Two-sided: of the paired t test over seeds, of McNemar's exact or the sign-flip test over problems. */
  readonly pValue: number;
}

/** Draws of bootstraps and of sign flips: the same for every table. */
const SEED = 0;

/** `[P][seeds]` scores of each problem; null where one was not judged. Undefined where a seed has none. */
function problemScores(measured: readonly Measured[]): (number[] | null)[] | undefined {
  const lists = measured.flatMap(({ scores }) => (scores === undefined ? [] : [scores]));
  if (lists.length === 0 || lists.length < measured.length) return undefined;
  return Array.from({ length: Math.min(...lists.map(({ length }) => length)) }, (_, p) => {
    const own = lists.map((list) => list[p]!);
    return own.every((score) => score !== null) ? own : null;
  });
}

/**
 * A measure's mean over seeds with its 95 % interval: Student's over seeds; where that is asked for and each problem has a
 * score, that of an accuracy over problems.
 *
 * @returns an infinite interval for one seed without scores
 */
export function meanOverSeeds(bySeed: BySeed, pairing: Pairing): Mean {
  const measured = [...bySeed.values()];
  const { estimate, ...ends } = studentInterval(measured.map(({ value }) => value));
  const overSeeds: Mean = { estimate, ...ends, pairing: "seeds", count: measured.length };
  if (pairing === "seeds") return overSeeds;
  const scores = problemScores(measured)?.filter((own) => own !== null) ?? [];
  if (scores.length === 0) {
    const [only] = measured;
    const hasOwnInterval = measured.length === 1 && only?.low !== undefined && only.high !== undefined;
    return hasOwnInterval ? { estimate, low: only.low!, high: only.high!, pairing } : overSeeds;
  }
  const { low, high } = accuracyInterval(scores, new Rng(SEED));
  return { estimate, low, high, pairing, count: scores.length };
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
  const byProblem = pairing === "problems" ? overProblems(first, second) : undefined;
  if (byProblem !== undefined) return byProblem;
  const { estimate, low, high, pairs, pValue } = pairedDifference(
    first.map(({ value }) => value),
    second.map(({ value }) => value),
  );
  return { estimate, low, high, pairing: "seeds", pairs, pValue };
}

/** Over the problems that were judged in both; undefined where there are none. */
function overProblems(first: readonly Measured[], second: readonly Measured[]): Difference | undefined {
  const [a, b] = [problemScores(first), problemScores(second)];
  if (a === undefined || b === undefined || a.length !== b.length) return undefined;
  const kept = a.flatMap((own, p) => (own === null || b[p] === null ? [] : [[own, b[p]!] as const]));
  if (kept.length === 0) return undefined;
  const { estimate, low, high, problems, pValue } = accuracyDifference(
    kept.map(([own]) => own),
    kept.map(([, other]) => other),
    new Rng(SEED),
  );
  return { estimate, low, high, pairing: "problems", pairs: problems, pValue };
}

/**
 * p-values as Holm adjusts them over the differences that are tests. One pair, whose interval is infinite, tests nothing: its
 * p-value is 1, and it makes no other greater.
 */
export function adjustedProbabilities(
  differences: readonly (Pick<Interval, "low"> & { readonly pValue: number })[],
): number[] {
  const isTest = differences.map(({ low }) => Number.isFinite(low));
  const adjusted = holm(differences.filter((_, i) => isTest[i]).map(({ pValue }) => pValue));
  let next = 0;
  return isTest.map((tests) => (tests ? adjusted[next++]! : 1));
}
