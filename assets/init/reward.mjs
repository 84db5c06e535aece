/**
 * A reward of your own. Fovea calls it with a batch of completions and expects one number for each; null says that a
 * completion cannot be scored. A TypeScript file works as well.
 */
import { defineReward, z } from "fovea";

/** 1 for a completion of at most so many words, falling to 0 at twice as many. */
export const brevity = defineReward({
  schema: z.strictObject({
    words: z.int().min(1).default(20).describe("Words that have the whole reward."),
  }),
  create:
    ({ words }) =>
    (answered) =>
      answered.map(({ text }) => {
        const count = text.split(/\s+/).filter(Boolean).length;
        return Math.min(1, Math.max(0, 2 - count / words));
      }),
});
