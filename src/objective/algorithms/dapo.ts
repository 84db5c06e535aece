/**
 * @module
 * DAPO's policy loss, arXiv:2503.14476: a higher upper than lower bound, no KL term, every token the same weight.
 * Its dynamic sampling and overlong punishment are the loop's and the reward's, not the loss's: `train/batch/sample-batch.ts`,
 * `reward/overlong.ts`.
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

const dapoSchema = z
  .strictObject({
    kind: z.literal("dapo"),
    ...clipOptions(0.2, 0.28),
    ...dualClipOption,
    ...termOptions,
    ...advantageOptions,
    aggregation: aggregationOption("token-mean"),
  })
  .describe("DAPO, arXiv:2503.14476.");

/** DAPO's loss with its options bound. */
function dapo(config: z.output<typeof dapoSchema>, context: ObjectiveContext): TokenAlgorithm {
  return {
    advantage: groupAdvantagePart(config),
    ratioLevel: tokenLevel,
    surrogate: ratioSurrogate((ratio, advantage) => clippedSurrogate(ratio, advantage, config)),
    ...sharedParts(config, context),
  };
}

export const dapoObjective = defineObjective({ schema: dapoSchema, create: dapo });
