/**
 * @module
 * The reward of a right answer: the score of the run's verdict.
 */
import * as z from "zod";
import { entryOptions } from "./options.ts";
import { defineReward } from "./reward.ts";

/**
 * The verdict's score s in [0, 1], mapped on two values.
 *
 *     wrong + s · (right − wrong)
 *
 * AT-RL, arXiv:2602.11455, Eq. 1, has the values −1 and 1.
 */
export const accuracyReward = defineReward({
  schema: z
    .strictObject({
      kind: z.literal("accuracy"),
      ...entryOptions(),
      values: z
        .tuple([z.number(), z.number()])
        .default([0, 1])
        .describe("Reward of a wrong and of a right answer; [-1, 1] in AT-RL's Eq. 1."),
    })
    .describe("Reward of a right answer, by the run's verdict."),
  create: ({ values: [wrong, right] }) => {
    return (answered) =>
      answered.map(({ judgement: { score } }) => (score === null ? null : wrong + score * (right - wrong)));
  },
});
