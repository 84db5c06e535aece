/**
 * @module
 * REINFORCE with a baseline from the group: A·log π, no importance ratio, for data sampled by the present policy.
 *
 * `leave-one-out` is RLOO (arXiv:2402.14740), whose baseline is independent of the completion it judges.
 */
import * as z from "zod";
import { isScorable, leaveOneOutAdvantages } from "../../math/index.ts";
import { type AdvantagePart, defineObjective, type TokenAlgorithm } from "../algorithm.ts";
import { aggregationOption, groupAdvantagePart, sharedParts, termOptions } from "../options.ts";
import { outcomeAdvantages } from "../outcome-advantages.ts";
import { tokenLevel } from "../ratio-level.ts";
import type { ObjectiveContext } from "../types.ts";

const reinforceSchema = z
  .strictObject({
    kind: z.literal("reinforce"),
    baseline: z
      .enum(["group-mean", "leave-one-out", "none"])
      .default("group-mean")
      .describe(
        "Baseline subtracted from the reward: the group's mean, the mean of the group's other completions, or none.",
      ),
    ...termOptions,
    aggregation: aggregationOption("token-mean"),
  })
  .describe("REINFORCE with a group baseline; leave-one-out is RLOO, arXiv:2402.14740.");

const baselines: Readonly<Record<z.output<typeof reinforceSchema>["baseline"], AdvantagePart>> = {
  "group-mean": groupAdvantagePart({ advantageScale: "none", advantageEpsilon: 0 }),
  "leave-one-out": outcomeAdvantages(leaveOneOutAdvantages),
  none: outcomeAdvantages(
    (rewards) => Float64Array.from(rewards, (reward) => (isScorable(reward) ? reward : 0)),
    false,
  ),
};

/** REINFORCE with its options bound. */
function reinforce(config: z.output<typeof reinforceSchema>, context: ObjectiveContext): TokenAlgorithm {
  return {
    advantage: baselines[config.baseline],
    correctsStaleness: false,
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

export const reinforceObjective = defineObjective({ schema: reinforceSchema, create: reinforce });
