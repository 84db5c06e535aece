/**
 * @module
 * Majority voting over several answers to a problem.
 */
import { ShapeError } from "../../errors/index.ts";
import { requireArray, requireScores } from "../check.ts";

/** The majority answer. */
export interface Majority<Answer> {
  /** The answers with the most votes, several in a tie, in the order in which they were first given; empty without votes. */
  readonly answers: readonly Answer[];
  /** Votes of each of them. */
  readonly votes: number;
  /** Votes of each by all answers given, those without a vote too; 0 where there are none. */
  readonly share: number;
}

/**
 * Counts votes.
 *
 * @param answers `[N]`; equal answers are one answer (Map's equality), null has no vote
 * @example
 * majorityVote(["7", "8", "7", null]); // { answers: ["7"], votes: 2, share: 0.5 }
 */
export function majorityVote<Answer>(answers: readonly (Answer | null)[]): Majority<Answer> {
  requireArray("answers", answers);
  const counts = new Map<Answer, number>();
  for (const answer of answers) if (answer !== null) counts.set(answer, (counts.get(answer) ?? 0) + 1);
  let votes = 0;
  for (const count of counts.values()) votes = Math.max(votes, count);
  const winners = [...counts].filter(([, count]) => count === votes).map(([answer]) => answer);
  return { answers: winners, votes, share: answers.length === 0 ? 0 : votes / answers.length };
}

/**
 * Score of the majority's answer to a problem; the benchmark's maj@N is the mean over its problems.
 *
 * Source: self-consistency, arXiv:2203.11171. A tie has the expected score of a draw among the tied answers, so that no seed
 * decides.
 *
 * @param answers `[N]`; null has no vote
 * @param scores `[N]` in [0, 1]; an answer's score is the mean over its votes
 * @returns in [0, 1]; 0 without votes
 * @throws ShapeError when the lengths differ
 * @throws NumericError when a score is outside [0, 1]
 * @example
 * majorityScore(["7", "8", "7", "8"], [1, 0, 1, 0]); // 0.5
 */
export function majorityScore<Answer>(
  answers: readonly (Answer | null)[],
  scores: ArrayLike<number>,
): number {
  requireArray("answers", answers);
  requireArray("scores", scores);
  if (scores.length !== answers.length) {
    throw new ShapeError(`scores: expected shape [${answers.length}], got [${scores.length}]`);
  }
  requireScores("scores", scores);
  const { answers: winners, votes } = majorityVote(answers);
  if (votes === 0) return 0;
  const tied = new Set<Answer | null>(winners);
  let sum = 0;
  for (const [i, answer] of answers.entries()) if (tied.has(answer)) sum += scores[i]!;
  return sum / (votes * winners.length);
}
