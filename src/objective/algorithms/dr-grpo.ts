/**
 * @module
 * Dr. GRPO, arXiv:2503.20783: GRPO without its two biases. Advantages stay in reward units, and token sums are
 * divided by a constant, so neither easy prompts nor short completions weigh more.
 */
import * as z from "zod";
import { clippedSurrogate } from "../../math/index.ts";
import { defineObjective, type TokenAlgorithm } from "../algorithm.ts";
import {
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

const drGrpoSchema = z
  .strictObject({
    kind: z.literal("dr-grpo"),
    ...clipOptions(0.2, 0.2),
    ...dualClipOption,
    ...termOptions,
    aggregation: aggregationOption("sequence-sum-norm"),
  })
  .describe("Dr. GRPO, arXiv:2503.20783.");

/** Dr. GRPO with its options bound. */
function drGrpo(config: z.output<typeof drGrpoSchema>, context: ObjectiveContext): TokenAlgorithm {
  return {
    advantage: groupAdvantagePart({ advantageScale: "none", advantageEpsilon: 0 }),
    ratioLevel: tokenLevel,
    surrogate: ratioSurrogate((ratio, advantage) => clippedSurrogate(ratio, advantage, config)),
    ...sharedParts(config, context),
  };
}

export const drGrpoObjective = defineObjective({ schema: drGrpoSchema, create: drGrpo });
