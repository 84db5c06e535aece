/**
 * @module
 * The `credit` part of a run's configuration. A method's options stand in its own branch of the union, so one that
 * does not apply cannot be written.
 */
import * as z from "zod";

const uniform = z
  .strictObject({ kind: z.literal("uniform") })
  .describe("Every token carries the whole advantage.");

const constant = z
  .strictObject({
    kind: z.literal("constant"),
    weight: z.number().nonnegative().default(1.2).describe("What multiplies the advantage of every token."),
  })
  .describe(
    "Every token carries the advantage times one number: the control for methods whose mean is not 1.",
  );

const dycoRl = z
  .strictObject({
    kind: z.literal("dyco-rl"),
    variant: z
      .enum(["paper", "released"])
      .default("paper")
      .describe("The method as printed, or what the authors' released code does."),
    alpha: z.number().nonnegative().default(0.2).describe("Strength of the reweighting (α)."),
    threshold: z
      .number()
      .nonnegative()
      .default(0.05)
      .describe("By how many radians one modality's attention must move more than the other's (τ)."),
    row: z
      .enum(["own", "predicting"])
      .default("own")
      .describe("Attention from the token itself, or from the position that predicts it."),
    shortCompletion: z
      .int()
      .nonnegative()
      .optional()
      .describe(
        "Released variant only: completions with fewer tokens get the lowest weight (60 unless given).",
      ),
  })
  .refine((config) => config.variant === "released" || config.shortCompletion === undefined, {
    path: ["shortCompletion"],
    error: 'applies to variant "released" only',
  })
  .describe("DyCo-RL, arXiv:2606.08035: weights from how attention moves within image and text.");

/** How the advantage of a completion is shared among its tokens. */
export const creditSchema = z
  .discriminatedUnion("kind", [uniform, constant, dycoRl])
  .describe("How the advantage of a completion is shared among its tokens.");

/** A complete credit configuration: every default filled in. */
export type CreditConfig = z.output<typeof creditSchema>;
