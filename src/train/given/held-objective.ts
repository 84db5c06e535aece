/**
 * @module
 * Checks a user's objective against the contract: a whole record, whose functions return what the batch needs.
 */
import * as z from "zod";
import { ConfigError } from "../../errors/index.ts";
import type { Algorithm } from "../../objective/index.ts";
import { faultText, isSettings } from "../../parts/index.ts";
import { heldPairs } from "./held-pairs.ts";
import { heldTokens } from "./held-tokens.ts";

const functionSchema = z.custom((value) => typeof value === "function", { error: "expected a function" });
const truncated = z.enum(["keep", "mask", "mask-and-count"]);
const tokenSchema = z.looseObject({
  unit: z.literal("token"),
  advantage: z.looseObject({
    of: functionSchema,
    needsSpread: z.boolean(),
    values: z.enum(["none", "optional", "required"]),
  }),
  ratioLevel: z.looseObject({
    keepsTokenCredit: z.boolean(),
    ratios: functionSchema,
    pullback: functionSchema,
  }),
  surrogate: functionSchema,
  aggregation: functionSchema,
  kl: z.looseObject({
    coefficient: z.number().min(0),
    shareAt: functionSchema.optional(),
    estimate: functionSchema,
    placement: z.enum(["loss", "reward"]),
  }),
  entropyCoefficient: z.number(),
  correction: z
    .looseObject({
      level: z.enum(["token", "sequence"]),
      beyond: z.enum(["truncate", "mask"]),
      cap: z.number().positive(),
      floor: z.number().min(0),
    })
    .optional(),
  value: z.looseObject({ coefficient: z.number(), loss: functionSchema }).optional(),
  correctsStaleness: z.boolean().optional(),
  truncated,
});
const pairSchema = z.looseObject({
  unit: z.literal("pair"),
  pairs: functionSchema,
  loss: functionSchema,
  beta: z.number(),
  divergence: functionSchema,
  truncated,
});
const objectiveSchema = z.discriminatedUnion("unit", [tokenSchema, pairSchema]);

const held = new WeakSet<object>();

/**
 * The objective with failures of its functions named.
 *
 * @param where the part, for errors before the run
 * @param name the part, for errors during the run
 * @throws ConfigError when it is no whole record of an algorithm
 */
export function heldObjective(given: unknown, where: string, name: string): Algorithm {
  if (isSettings(given) && held.has(given)) return given as unknown as Algorithm;
  const parsed = objectiveSchema.safeParse(given);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    const place = [where, ...issue.path.map(String)].join(".");
    throw new ConfigError(`${place}: ${faultText(issue, given)}`);
  }
  const algorithm = given as Algorithm;
  const checked = algorithm.unit === "token" ? heldTokens(algorithm, name) : heldPairs(algorithm, name);
  held.add(checked);
  return checked;
}
