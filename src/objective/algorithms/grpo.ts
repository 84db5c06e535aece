/**
 * @module
 * GRPO, arXiv:2402.03300, eq. 3: group-normalised advantages, clipped token ratios, every completion the same weight.
 *
 * The KL term is off by default, as in DyCo-RL's statement of the objective (arXiv:2606.08035, Eq. 4) and most
 * present training; GRPO's own coefficient is 0.04.
 */
import * as z from "zod";
import { clippedSurrogate } from "../../math/index.ts";
import { defineObjective, type TokenAlgorithm } from "../algorithm.ts";
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

const grpoSchema = z
  .strictObject({
    kind: z.literal("grpo"),
    ...clipOptions(0.2, 0.2),
    ...dualClipOption,
    ...termOptions,
    ...advantageOptions,
    aggregation: aggregationOption("sequence-mean"),
  })
  .describe("GRPO, arXiv:2402.03300.");

/** GRPO with its options bound. */
function grpo(config: z.output<typeof grpoSchema>, context: ObjectiveContext): TokenAlgorithm {
  return {
    advantage: groupAdvantagePart(config),
    ratioLevel: tokenLevel,
    surrogate: ratioSurrogate((ratio, advantage) => clippedSurrogate(ratio, advantage, config)),
    ...sharedParts(config, context),
  };
}

export const grpoObjective = defineObjective({ schema: grpoSchema, create: grpo });
