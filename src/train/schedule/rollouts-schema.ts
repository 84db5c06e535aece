/**
 * @module
 * Ways to sample a batch other than G completions of each prompt as it is: option `rollouts` of the schedule.
 */
import * as z from "zod";

/** Possible changes to the images of a problem's form. */
export const SHARED_CHANGES = [
  "quarter-clockwise",
  "quarter-anticlockwise",
  "half-turn",
  "flip-vertical",
  "flip-horizontal",
  "flip-both",
  "noise-10",
  "noise-25",
  "noise-50",
] as const;
export type SharedChange = (typeof SHARED_CHANGES)[number];

const noisy = z
  .strictObject({
    kind: z.literal("noisy"),
    share: z
      .number()
      .gt(0)
      .lt(1)
      .default(0.5)
      .describe("Share of a group, rounded down, sampled from noised images."),
    initial: z
      .int()
      .min(0)
      .max(999)
      .default(500)
      .describe("Diffusion steps at the start of the run; 0 adds no noise (α₀)."),
    slope: z.number().positive().default(30).describe("Steepness of the steps' decay (λ)."),
    middle: z
      .number()
      .min(0)
      .max(1)
      .default(2 / 3)
      .describe("Share of the run after which half of the steps are left (γ/t_max)."),
  })
  .describe(
    "NoisyRollout, arXiv:2504.13055: part of each group is sampled from noised images; all completions are trained on clean images.",
  );

const shared = z
  .strictObject({
    kind: z.literal("shared"),
    variants: z
      .int()
      .min(2)
      .default(2)
      .describe("Forms of each problem; train.promptsPerIteration counts every form."),
    changeShare: z
      .number()
      .min(0)
      .max(1)
      .default(0.3)
      .describe("Probability that a form's images are changed, with a sentence that states the change."),
    changes: z
      .array(z.enum(SHARED_CHANGES))
      .min(1)
      .default([...SHARED_CHANGES])
      .describe("The possible changes; one is drawn."),
    questions: z
      .string()
      .min(1)
      .default("new_questions")
      .describe("Column with other wordings of the question; without it the wording stays the same."),
  })
  .describe(
    "Share-GRPO, arXiv:2505.16673: each problem in several forms, compared within a form and over all of them.",
  );

/** Ways to sample a batch other than G completions of each prompt. */
export const rolloutsSchema = z.discriminatedUnion("kind", [noisy, shared]);

type Rollouts = z.output<typeof rolloutsSchema>;
export type NoisyRollouts = Extract<Rollouts, { kind: "noisy" }>;
export type SharedRollouts = Extract<Rollouts, { kind: "shared" }>;

/** The forms of each problem in a batch: 1 unless rollouts are shared. */
export function formsPerProblem({ rollouts }: { readonly rollouts?: Rollouts | undefined }): number {
  return rollouts?.kind === "shared" ? rollouts.variants : 1;
}
