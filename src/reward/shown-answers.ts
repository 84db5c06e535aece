/**
 * @module
 * A batch as a reward sees it: nothing that the reward does to it reaches the run or the other rewards.
 */
import { frozenCopy } from "../parts/index.ts";
import type { Answered } from "./reward.ts";

/** The batch as a frozen list of frozen completions, with tokens and labels of their own. */
export function shownAnswers(answered: readonly Answered[]): readonly Answered[] {
  // A group shares its problem, and a reward may compare problems.
  const problems = new Map<Answered["problem"], Answered["problem"]>();
  const shownProblem = (problem: Answered["problem"]) => {
    const known = problems.get(problem) ?? frozenCopy(problem);
    problems.set(problem, known);
    return known;
  };
  return Object.freeze(
    answered.map((one): Answered => {
      const { labels, judgement } = one;
      const { extracted, score, reason } = judgement;
      return Object.freeze({
        ...one,
        problem: shownProblem(one.problem),
        // Members of a class are not spread.
        judgement: Object.freeze({ ...judgement, extracted, score, reason }),
        tokens: one.tokens.slice(),
        ...(labels && { labels: () => labels()?.map((label) => Object.freeze({ ...label })) }),
      });
    }),
  );
}
