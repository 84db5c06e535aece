/**
 * @module
 * REINFORCE with a baseline from the group: A·log π, no importance ratio, for data sampled by the present policy.
 *
 * `leave-one-out` is RLOO (arXiv:2402.14740), whose baseline is independent of the completion it judges.
 */
import * as z from "zod";
import { groupAdvantages, isScorable, leaveOneOutAdvantages, type Rewards } from "../../math/index.ts";
import type { Algorithm } from "../algorithm.ts";
import { aggregationOption, klOptions, sharedParts } from "../options.ts";
import { tokenLevel } from "../ratio-level.ts";
import type { ObjectiveContext } from "../types.ts";

export const reinforceSchema = z
  .strictObject({
    kind: z.literal("reinforce"),
    baseline: z
      .enum(["group-mean", "leave-one-out", "none"])
      .default("group-mean")
      .describe("What is subtracted from the reward: the group's mean, the mean of the others, or nothing."),
    ...klOptions,
    aggregation: aggregationOption("token-mean"),
  })
  .describe("REINFORCE with a group baseline; leave-one-out is RLOO, arXiv:2402.14740.");

const baselines: Readonly<
  Record<z.output<typeof reinforceSchema>["baseline"], (rewards: Rewards) => Float64Array>
> = {
  "group-mean": (rewards) => groupAdvantages(rewards, { scale: "none" }),
  "leave-one-out": leaveOneOutAdvantages,
  none: (rewards) => Float64Array.from(rewards, (reward) => (isScorable(reward) ? reward : 0)),
};

/** REINFORCE with its options bound. */
export function reinforce(config: z.output<typeof reinforceSchema>, context: ObjectiveContext): Algorithm {
  return {
    advantages: baselines[config.baseline],
    ratioLevel: tokenLevel,
    surrogate: (_ratio, advantage, logprob) => ({
      value: advantage * logprob,
      ratioDerivative: 0,
      logprobDerivative: advantage,
      clipped: "none",
    }),
    ...sharedParts(config, context),
  };
}
