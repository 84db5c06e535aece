/**
 * @module
 * Groups of problems that count together: the rolls of a question, the questions on a figure, the two on an image.
 */
import type { AnsweredProblem } from "../data/index.ts";
import type { Measure, ScoredAnswer } from "./benchmark.ts";
import { answersBy, meanMeasure } from "./measures.ts";

/** The group of a problem; undefined for a problem in none. */
export type GroupOf = (problem: AnsweredProblem) => string | undefined;

/** How many problems each group has. */
export function groupSizes(groups: Iterable<string | undefined>): Map<string, number> {
  const sizes = new Map<string, number>();
  for (const group of groups) {
    if (group !== undefined) sizes.set(group, (sizes.get(group) ?? 0) + 1);
  }
  return sizes;
}

/**
 * The groups whose problems all have an answer that could be judged. A group with fewer would be easier than it is, and is
 * left out.
 */
export function wholeGroups(
  answers: readonly ScoredAnswer[],
  groupOf: GroupOf,
  sizes: ReadonlyMap<string, number>,
): (readonly ScoredAnswer[])[] {
  return [...answersBy(answers, groupOf)].flatMap(([group, members]) =>
    members.length === sizes.get(group) && members.every(({ score }) => score !== null) ? [members] : [],
  );
}

/** 1 where all answers of a group are right, else 0. */
export function allRight(members: readonly ScoredAnswer[]): 0 | 1 {
  return members.every(({ score }) => score === 1) ? 1 : 0;
}

/** The share of whole groups in which all answers are right. */
export function groupAccuracy(
  name: string,
  answers: readonly ScoredAnswer[],
  groupOf: GroupOf,
  sizes: ReadonlyMap<string, number>,
): Measure {
  return meanMeasure(name, wholeGroups(answers, groupOf, sizes).map(allRight));
}
