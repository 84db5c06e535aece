/**
 * @module
 * GSPO, arXiv:2507.18071: the ratio of the whole completion decides on clipping.
 *
 * The sequence form gives every token of a completion the same gradient and so erases token credit. The token form
 * (the paper's GSPO-token) has the same value and, without token weights, the same gradient, and keeps credit. The
 * token form is the default, and token weights on the sequence form are an error.
 */
import * as z from "zod";
import { clippedSurrogate } from "../../math/index.ts";
import { defineObjective, type TokenAlgorithm } from "../algorithm.ts";
import {
  advantageOptions,
  aggregationOption,
  clipOptions,
  groupAdvantagePart,
  ratioSurrogate,
  sharedParts,
  termOptions,
} from "../options.ts";
import { sequenceLevel, sequenceTokenLevel } from "../ratio-level.ts";
import type { ObjectiveContext } from "../types.ts";

const gspoSchema = z
  .strictObject({
    kind: z.literal("gspo"),
    form: z
      .enum(["token", "sequence"])
      .default("token")
      .describe("token keeps token credit; sequence erases it and works without a credit method only."),
    ...clipOptions(3e-4, 4e-4),
    ...termOptions,
    ...advantageOptions,
    aggregation: aggregationOption("sequence-mean"),
  })
  .describe("GSPO, arXiv:2507.18071.");

const levels = { token: sequenceTokenLevel, sequence: sequenceLevel } as const;

/** GSPO with its options bound. */
function gspo(config: z.output<typeof gspoSchema>, context: ObjectiveContext): TokenAlgorithm {
  return {
    advantage: groupAdvantagePart(config),
    ratioLevel: levels[config.form],
    surrogate: ratioSurrogate((ratio, advantage) =>
      clippedSurrogate(ratio, advantage, { clipLow: config.clipLow, clipHigh: config.clipHigh }),
    ),
    ...sharedParts(config, context),
  };
}

export const gspoObjective = defineObjective({ schema: gspoSchema, create: gspo });
