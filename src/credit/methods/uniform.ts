/**
 * @module
 * Equal credit for all tokens: the baseline, and the control for methods whose weights do not average to 1.
 */
import * as z from "zod";
import { type CreditMethod, defineCredit } from "../method.ts";
import { perCompletion } from "../per-completion.ts";
import { uniformWeights } from "./uniform-weights.ts";

const uniformSchema = z
  .strictObject({ kind: z.literal("uniform") })
  .describe("Every token carries the whole advantage.");

const constantSchema = z
  .strictObject({
    kind: z.literal("constant"),
    weight: z.number().nonnegative().default(1.2).describe("Factor of the advantage of every token."),
  })
  .describe(
    "Every token carries the advantage times one number: the control for methods whose mean is not 1.",
  );

/** Uniform credit; constant credit with a weight. */
function uniformMethod(weight = 1): CreditMethod {
  const method = perCompletion({}, ({ mask }) => ({ weights: uniformWeights(mask, weight) }));
  return { ...method, sharesEvenly: true };
}

export const uniformCredit = defineCredit({ schema: uniformSchema, create: () => uniformMethod() });
export const constantCredit = defineCredit({
  schema: constantSchema,
  create: ({ weight }) => uniformMethod(weight),
});
