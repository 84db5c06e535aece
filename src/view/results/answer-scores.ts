/**
 * @module
 * Mean scores of answers with their intervals, over problems: answers to one problem depend on each other.
 */
import { accuracyDifference, accuracyInterval, mean, Rng } from "../../math/index.ts";
import type { PairedScores, ScoreInterval } from "../protocol.ts";

const SEED = 0;
/** Draws of a bootstrap, over all its resamples: a page may not wait for more. */
const MOST_DRAWS = 1e7;
const MOST_RESAMPLES = 10_000;
/** With more graded problems an interval would need too many draws. */
const MOST_GRADED = 20_000;

type Scores = readonly (readonly number[])[];

const options = (problems: number) => ({
  resamples: Math.max(500, Math.min(MOST_RESAMPLES, Math.floor(MOST_DRAWS / problems))),
});

/** Whether an interval can be had: of scores that are shares, in time. */
function hasInterval(scores: Scores): boolean {
  const isGraded = scores.some((own) =>
    own.some((score) => score !== own[0] || (score !== 0 && score !== 1)),
  );
  if (isGraded && scores.length > MOST_GRADED) return false;
  return scores.every((own) => own.every((score) => score >= 0 && score <= 1));
}

const meanOver = (scores: Scores) => mean(scores.map((own) => mean(own)));

/** The mean over problems of the mean score of each; null without any. */
export function scoreOver(byProblem: ReadonlyMap<unknown, readonly number[]>): ScoreInterval | null {
  const scores = [...byProblem.values()];
  if (scores.length === 0) return null;
  if (!hasInterval(scores)) return { mean: meanOver(scores), low: null, high: null };
  const { estimate, low, high } = accuracyInterval(scores, new Rng(SEED), options(scores.length));
  return { mean: estimate, low, high };
}

/** @param pairs scores of this file and of the file beside it, problem by problem */
export function pairedScores(
  pairs: readonly (readonly [readonly number[], readonly number[]])[],
): PairedScores {
  const [own, other] = [pairs.map(([scores]) => scores), pairs.map(([, scores]) => scores)];
  if (pairs.length === 0) return { problems: 0, own: null, other: null, difference: null };
  const means = { problems: pairs.length, own: meanOver(own), other: meanOver(other) };
  if (!hasInterval(own) || !hasInterval(other)) {
    return { ...means, difference: { mean: means.other - means.own, low: null, high: null } };
  }
  const { estimate, low, high } = accuracyDifference(other, own, new Rng(SEED), options(pairs.length));
  return { ...means, difference: { mean: estimate, low, high } };
}
