/**
 * @module
 * The measures that most benchmarks report: shares of right answers, over all and by group.
 */
import type { AnsweredProblem } from "../data/index.ts";
import type { Measure, ScoredAnswer } from "./benchmark.ts";

/**
 * A mean of numbers in [0, 1].
 *
 * @param problems `[values]` the problem of each number, of a group one of its problems; intervals need them
 */
export function meanMeasure(
  name: string,
  values: readonly number[],
  problems?: readonly AnsweredProblem[],
): Measure {
  const sum = values.reduce((total, value) => total + value, 0);
  const value = values.length === 0 ? null : sum / values.length;
  return { name, value, of: values.length, values, ...(problems !== undefined && { problems }) };
}

/** Scores of the answers that could be judged. */
export function scores(answers: readonly ScoredAnswer[]): number[] {
  return answers.flatMap(({ score }) => (score === null ? [] : [score]));
}

/** The mean score; the share of right answers where scores are 0 and 1. Unscorable answers count in no mean. */
export function accuracy(answers: readonly ScoredAnswer[], name = "accuracy"): Measure {
  const judged = answers.filter(({ score }) => score !== null);
  return meanMeasure(
    name,
    scores(judged),
    judged.map(({ problem }) => problem),
  );
}

/** Answers by a key of their problems, keys in the order in which they are met; without a key an answer is in no group. */
export function answersBy(
  answers: readonly ScoredAnswer[],
  keyOf: (problem: AnsweredProblem) => string | undefined,
): Map<string, ScoredAnswer[]> {
  const groups = new Map<string, ScoredAnswer[]>();
  for (const answer of answers) {
    const key = keyOf(answer.problem);
    if (key === undefined) continue;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [answer]);
    else group.push(answer);
  }
  return groups;
}

/** Groups as `answersBy` makes them, in the alphabetical order of their keys. */
export function sortedGroups(
  answers: readonly ScoredAnswer[],
  keyOf: (problem: AnsweredProblem) => string | undefined,
): [key: string, group: ScoredAnswer[]][] {
  return [...answersBy(answers, keyOf)].sort(([a], [b]) => (a < b ? -1 : 1));
}

/** The accuracy of each group, in the alphabetical order of their keys. */
export function accuracyBy(
  answers: readonly ScoredAnswer[],
  keyOf: (problem: AnsweredProblem) => string | undefined,
): Measure[] {
  return sortedGroups(answers, keyOf).map(([key, group]) => accuracy(group, key));
}

/** A column's cell as text; undefined where it is empty. */
export function textColumn(column: string): (problem: AnsweredProblem) => string | undefined {
  return ({ columns }) => {
    const cell = columns[column];
    if (cell === undefined || cell === null || cell === "") return undefined;
    return typeof cell === "object" ? JSON.stringify(cell) : String(cell as string | number | boolean);
  };
}
