/**
 * @module
 * SAPO, arXiv:2511.20347: a smooth gate on the token ratio in place of the clip. The sign that picks the temperature
 * is that of the token's advantage, its weight included.
 */
import * as z from "zod";
import { softGateSurrogate } from "../../math/index.ts";
import { defineObjective, type TokenAlgorithm } from "../algorithm.ts";
import {
  advantageOptions,
  aggregationOption,
  groupAdvantagePart,
  ratioSurrogate,
  sharedParts,
  termOptions,
} from "../options.ts";
import { tokenLevel } from "../ratio-level.ts";
import type { ObjectiveContext } from "../types.ts";

const sapoSchema = z
  .strictObject({
    kind: z.literal("sapo"),
    temperaturePositive: z
      .number()
      .positive()
      .default(1)
      .describe("Steepness of the gate for tokens with positive advantage (τ)."),
    temperatureNegative: z
      .number()
      .positive()
      .default(1.05)
      .describe("Steepness of the gate for tokens with negative advantage (τ)."),
    ...termOptions,
    ...advantageOptions,
    aggregation: aggregationOption("sequence-mean"),
  })
  .describe("SAPO, arXiv:2511.20347.");

/** SAPO with its options bound. */
function sapo(config: z.output<typeof sapoSchema>, context: ObjectiveContext): TokenAlgorithm {
  return {
    advantage: groupAdvantagePart(config),
    ratioLevel: tokenLevel,
    surrogate: ratioSurrogate((ratio, advantage) => softGateSurrogate(ratio, advantage, config)),
    ...sharedParts(config, context),
  };
}

export const sapoObjective = defineObjective({ schema: sapoSchema, create: sapo });
