/**
 * @module
 * Groups of problems that count together: the rolls of a question, the questions on a figure, the two on an image. A problem's
 * columns hold its group with the group's size, so that measures need nothing but answers.
 */
import type { AnsweredProblem } from "../data/index.ts";
import type { Measure, ScoredAnswer } from "./benchmark.ts";
import { answersBy, meanMeasure } from "./measures.ts";

/** A group, as a column holds it. */
export interface Group {
  readonly name: string;
  /** Problems that are in it. */
  readonly size: number;
}

/** The groups of problems by their names; null for a problem in none. */
export function groupsOf(names: readonly (string | undefined)[]): (Group | null)[] {
  const sizes = new Map<string, number>();
  for (const name of names) {
    if (name !== undefined) sizes.set(name, (sizes.get(name) ?? 0) + 1);
  }
  return names.map((name) => (name === undefined ? null : { name, size: sizes.get(name) ?? 0 }));
}

/** The group that a column holds; undefined for a problem in none. */
export function groupIn({ columns }: AnsweredProblem, column: string): Group | undefined {
  return (columns[column] as Group | null | undefined) ?? undefined;
}

/**
 * The groups of a column whose problems all have an answer that could be judged. A group with fewer would be easier than it
 * is, and is left out.
 */
export function wholeGroups(
  answers: readonly ScoredAnswer[],
  column: string,
): (readonly [first: ScoredAnswer, ...rest: ScoredAnswer[]])[] {
  return [...answersBy(answers, (problem) => groupIn(problem, column)?.name).values()].flatMap((members) => {
    const [first, ...rest] = members;
    const size = first && groupIn(first.problem, column)?.size;
    if (first === undefined || members.length !== size || members.some(({ score }) => score === null))
      return [];
    return [[first, ...rest] as const];
  });
}

/** 1 where all answers of a group are right, else 0. */
export function allRight(members: readonly ScoredAnswer[]): 0 | 1 {
  return members.every(({ score }) => score === 1) ? 1 : 0;
}

/** The share of whole groups in which all answers are right. */
export function groupAccuracy(name: string, answers: readonly ScoredAnswer[], column: string): Measure {
  const groups = wholeGroups(answers, column);
  return meanMeasure(
    name,
    groups.map(allRight),
    groups.map(([{ problem }]) => problem),
  );
}
