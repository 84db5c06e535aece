/**
 * @module
 * Circular evaluation as MMBench (arXiv:2307.06281, section 4.2) defines it. A question is asked once for each place
 * to which its answer can be rolled, and counts as right when all of these are answered right.
 */
import type { ScoredAnswer } from "./benchmark.ts";
import { allRight, groupIn, wholeGroups } from "./groups.ts";

/** Rolls of a question have its index plus multiples of this number. */
const ROLL = 1_000_000;

/** The index of the question that a roll is of. */
export function circularGroup(index: number): number {
  return index % ROLL;
}

/**
 * One answer for each question all of whose rolls were judged: that to its first roll, with score 1 when all rolls are
 * right, else 0.
 *
 * @param column of the question that a problem rolls
 */
export function circularAnswers(answers: readonly ScoredAnswer[], column: string): ScoredAnswer[] {
  return wholeGroups(answers, column).map((members) => {
    const score = allRight(members);
    const first = members.find(({ problem }) => problem.id === groupIn(problem, column)?.name) ?? members[0];
    return { ...first, score, reason: score === 1 ? "all rolls right" : "a roll is wrong" };
  });
}
