/**
 * @module
 * A batch as a reward sees it: nothing that the reward does to it reaches the run or the other rewards.
 */
import { deeplyFrozen } from "../parts/index.ts";
import type { Answered } from "./reward.ts";

/** The batch as a frozen list of frozen completions, with tokens and labels of their own. */
export function shownAnswers(answered: readonly Answered[]): readonly Answered[] {
  return Object.freeze(
    answered.map((one): Answered => {
      const { labels } = one;
      return Object.freeze({
        ...one,
        problem: deeplyFrozen(one.problem),
        judgement: Object.freeze({ ...one.judgement }),
        tokens: one.tokens.slice(),
        ...(labels && { labels: () => labels()?.map((label) => Object.freeze({ ...label })) }),
      });
    }),
  );
}
