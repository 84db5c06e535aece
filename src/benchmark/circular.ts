/**
 * @module
 * Circular evaluation as MMBench (arXiv:2307.06281, section 4.2) has it: a question is asked once for each place that its
 * answer can be rolled to, and counts as right when all of them are answered right.
 */
import type { AnsweredProblem } from "../data/index.ts";
import type { ScoredAnswer } from "./benchmark.ts";
import { answersBy } from "./measures.ts";

/** Rolls of a question have its index plus multiples of this number. */
const ROLL = 1_000_000;

/** The index of the question that a roll is of. */
export function circularGroup(index: number): number {
  return index % ROLL;
}

/**
 * One answer for each question: that to its first roll, with score 1 when all rolls are right, else 0.
 *
 * A question of which a roll is missing or could not be judged is left out, since the rolls that are there would make it
 * easier than it is.
 *
 * @param groupOf the question of a problem
 * @param rolls how many rolls each question has
 */
export function circularAnswers(
  answers: readonly ScoredAnswer[],
  groupOf: (problem: AnsweredProblem) => string,
  rolls: ReadonlyMap<string, number>,
): ScoredAnswer[] {
  return [...answersBy(answers, groupOf)].flatMap(([group, members]) => {
    const first = members.find(({ problem }) => problem.id === group) ?? members[0];
    const isWhole = members.length === rolls.get(group) && members.every(({ score }) => score !== null);
    if (first === undefined || !isWhole) return [];
    const score = members.every((member) => member.score === 1) ? 1 : 0;
    return [{ ...first, score, reason: score === 1 ? "all rolls right" : "a roll is wrong" }];
  });
}
