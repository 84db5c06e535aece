/**
 * @module
 * PPO, arXiv:1707.06347: the clipped surrogate with a value head's token advantages, arXiv:1506.02438.
 *
 * Values come with the completions. Without values the advantages come from the group, as in GRPO: PPO without a
 * critic. `baseline` says which of the two a run requires.
 */
import * as z from "zod";
import { clippedSurrogate, clippedValueLoss } from "../../math/index.ts";
import { type AdvantagePart, defineObjective, type TokenAlgorithm } from "../algorithm.ts";
import {
  advantageOptions,
  aggregationOption,
  clipOptions,
  dualClipOption,
  groupAdvantagePart,
  ratioSurrogate,
  sharedParts,
  termOptions,
} from "../options.ts";
import { tokenLevel } from "../ratio-level.ts";
import type { ObjectiveContext } from "../types.ts";
import { valueAdvantages } from "../value-advantages.ts";

const rate = z.number().min(0).max(1);

const ppoSchema = z
  .strictObject({
    kind: z.literal("ppo"),
    baseline: z
      .enum(["values", "group"])
      .optional()
      .describe(
        "values: advantages by a value head, which the engine must have; group: advantages of GRPO. Default: values if completions have them, else group.",
      ),
    gamma: rate.default(1).describe("Discount per token, with values."),
    lambda: rate.default(0.95).describe("Decay of generalised advantage estimation, with values."),
    whitenAdvantages: z
      .boolean()
      .default(true)
      .describe("Shift and scale the advantages of the batch to mean 0 and variance 1, with values."),
    valueClip: z
      .number()
      .positive()
      .default(0.2)
      .describe(
        "Value clipping: distance from the value at sampling beyond which the loss has no gradient, reward units.",
      ),
    valueCoefficient: z.number().nonnegative().default(0.1).describe("Weight of the loss of the values."),
    ...clipOptions(0.2, 0.2),
    ...dualClipOption,
    ...termOptions,
    ...advantageOptions,
    aggregation: aggregationOption("token-mean"),
  })
  .describe("PPO, arXiv:1707.06347, with a value head or with the group as its baseline.");

type PpoConfig = z.output<typeof ppoSchema>;

function advantagePart(config: PpoConfig): AdvantagePart {
  const byGroup = groupAdvantagePart(config);
  if (config.baseline === "group") return byGroup;
  const { gamma, lambda, whitenAdvantages } = config;
  const byValues = valueAdvantages({ gamma, lambda, whiten: whitenAdvantages });
  if (config.baseline === "values") return byValues;
  return {
    values: "optional",
    needsSpread: true,
    of: (groups) => {
      const hasValues = groups.some(({ completions }) => completions.some(({ values }) => values));
      return (hasValues ? byValues : byGroup).of(groups);
    },
  };
}

/** PPO with its options bound. */
function ppo(config: PpoConfig, context: ObjectiveContext): TokenAlgorithm {
  return {
    advantage: advantagePart(config),
    ratioLevel: tokenLevel,
    surrogate: ratioSurrogate((ratio, advantage) => clippedSurrogate(ratio, advantage, config)),
    value: {
      coefficient: config.valueCoefficient,
      loss: (value, oldValue, target) => clippedValueLoss(value, oldValue, target, config.valueClip),
    },
    ...sharedParts(config, context),
  };
}

export const ppoObjective = defineObjective({ schema: ppoSchema, create: ppo });
