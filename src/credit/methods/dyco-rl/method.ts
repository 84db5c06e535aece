/**
 * @module
 * DyCo-RL as a part of a run's configuration, and from there to a credit method.
 */
import * as z from "zod";
import type { CompletionCredit, CreditMethod } from "../../method.ts";
import { completionName, requireSignal } from "../../per-completion.ts";
import { dycoRl } from "./dyco-rl.ts";
import { dycoRlReleased } from "./released.ts";
import type { DycoRlInput } from "./token-role.ts";

export const dycoRlSchema = z
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

type DycoRlConfig = z.output<typeof dycoRlSchema>;

/** The released variant compares the completions of one prompt, as the authors' scripts run it. */
const variants: Readonly<
  Record<
    DycoRlConfig["variant"],
    (inputs: readonly DycoRlInput[], config: DycoRlConfig) => CompletionCredit[]
  >
> = {
  paper: (inputs, { alpha, threshold }) => inputs.map((input) => dycoRl(input, { alpha, threshold })),
  released: (inputs, { alpha, threshold, shortCompletion = 60 }) =>
    dycoRlReleased(inputs, { alpha, threshold, shortCompletion }),
};

/** DyCo-RL with its options bound. */
export function dycoRlMethod(config: DycoRlConfig): CreditMethod {
  return {
    needs: { attention: { row: config.row } },
    credit: (groups) =>
      groups.map((group, g) => {
        const inputs = group.map((completion, i) => ({
          ...requireSignal(completion, "attention", config.kind, completionName(g, i)),
          mask: completion.mask,
        }));
        return variants[config.variant](inputs, config);
      }),
  };
}
