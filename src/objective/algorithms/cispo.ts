/**
 * @module
 * CISPO, arXiv:2506.13585: the clipped ratio is a constant weight on the log-prob, so no token's gradient is cut off.
 *
 *     f = sg[clamp(ρ, 1 − clipLow, 1 + clipHigh)] · A · log π(oₜ)
 *
 * The paper has no lower bound and tunes the upper one without printing it; the default cap of 5 is ScaleRL's
 * (arXiv:2510.13786).
 */
import * as z from "zod";
import { clampedRatio } from "../../math/index.ts";
import { defineObjective, type TokenAlgorithm, type TokenTerm } from "../algorithm.ts";
import {
  advantageOptions,
  aggregationOption,
  clipOptions,
  groupAdvantagePart,
  sharedParts,
  termOptions,
} from "../options.ts";
import { tokenLevel } from "../ratio-level.ts";
import type { ObjectiveContext } from "../types.ts";

const cispoSchema = z
  .strictObject({
    kind: z.literal("cispo"),
    ...clipOptions(1, 4),
    ...termOptions,
    ...advantageOptions,
    aggregation: aggregationOption("token-mean"),
  })
  .describe("CISPO, arXiv:2506.13585.");

/** CISPO with its options bound. Clip shares count the tokens whose weight a bound held. */
function cispo(config: z.output<typeof cispoSchema>, context: ObjectiveContext): TokenAlgorithm {
  return {
    advantage: groupAdvantagePart(config),
    ratioLevel: tokenLevel,
    surrogate: (ratio, advantage, logprob): TokenTerm => {
      const weight = clampedRatio(ratio, config);
      const side = weight < ratio ? "high" : "low";
      return {
        value: weight * advantage * logprob,
        ratioDerivative: 0,
        logprobDerivative: weight * advantage,
        clipped: weight === ratio ? "none" : side,
      };
    },
    ...sharedParts(config, context),
  };
}

export const cispoObjective = defineObjective({ schema: cispoSchema, create: cispo });
