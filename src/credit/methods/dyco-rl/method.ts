/**
 * @module
 * DyCo-RL as a part of a run's configuration, and from there to a credit method.
 */
import * as z from "zod";
import type { Rng } from "../../../math/index.ts";
import { type CreditMethod, defineCredit } from "../../method.ts";
import { perGroup, requirePart, requireSignal } from "../../per-completion.ts";
import { DYCO_RL_ABLATIONS, replacements } from "./ablations.ts";
import { dycoRl } from "./dyco-rl.ts";
import { dycoRlReleased } from "./released.ts";
import type { DycoRlInput } from "./token-role.ts";

const dycoRlSchema = z
  .strictObject({
    kind: z.literal("dyco-rl"),
    variant: z
      .enum(["paper", "released"])
      .default("paper")
      .describe("The method as printed, or the authors' released code."),
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
        "Released variant only: completions with fewer tokens get the lowest weight (60 unless given; the code has 150 above 5e9 parameters).",
      ),
    lengthFactor: z
      .boolean()
      .optional()
      .describe(
        "Released variant only: weights of short completions also times T / shortCompletion, as the code has it with SAPO (false unless given).",
      ),
    ablation: z
      .enum(DYCO_RL_ABLATIONS)
      .optional()
      .describe("Paper's variant only: one part of the method replaced, as in Tables 2, 3 and 6."),
  })
  .refine((config) => config.variant === "released" || config.shortCompletion === undefined, {
    path: ["shortCompletion"],
    error: 'applies to variant "released" only',
  })
  .refine((config) => config.variant === "released" || config.lengthFactor === undefined, {
    path: ["lengthFactor"],
    error: 'applies to variant "released" only',
  })
  .refine((config) => config.variant === "paper" || config.ablation === undefined, {
    path: ["ablation"],
    error: 'applies to variant "paper" only',
  })
  .describe("DyCo-RL, arXiv:2606.08035: weights from how attention moves within image and text.");

type DycoRlConfig = z.output<typeof dycoRlSchema>;

/** DyCo-RL with its options bound. The released variant compares the completions of one prompt, as its authors do. */
function dycoRlMethod(config: DycoRlConfig): CreditMethod {
  const { variant, alpha, threshold, row, shortCompletion = 60, lengthFactor = false, ablation } = config;
  const { measure, shapesReward } = ablation === undefined ? {} : replacements[ablation];
  const credit = {
    paper: (inputs: readonly DycoRlInput[], rng: Rng) =>
      inputs.map((input) => dycoRl(input, { alpha, threshold, ablation }, rng)),
    released: (inputs: readonly DycoRlInput[]) =>
      dycoRlReleased(inputs, { alpha, threshold, shortCompletion, lengthFactor }),
  }[variant];
  const needs = {
    attention: { row, ...(measure && { measure }) },
    ...(shapesReward && { allGroups: true as const }),
  };
  const method = perGroup(
    needs,
    (completion, where): DycoRlInput => {
      const attention = requireSignal(completion, "attention", config.kind, where);
      if (measure) requirePart(attention[measure], `the attention's ${measure}`, config.kind, where);
      return { ...attention, mask: completion.mask };
    },
    (inputs, { rng }) => credit(inputs, rng),
  );
  return { ...method, ...((variant === "released" || shapesReward) && { sharesEvenly: true }) };
}

export const dycoRlCredit = defineCredit({ schema: dycoRlSchema, create: dycoRlMethod });
