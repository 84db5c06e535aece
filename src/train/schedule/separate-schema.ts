/**
 * @module
 * Separately normalised rewards: option `separate` of the schedule.
 */
import * as z from "zod";

/** Separately normalised rewards, with constant factors or factors that follow a target. */
export const separateSchema = z.strictObject({
  rewards: z
    .array(
      z.strictObject({
        name: z.string().min(1).describe("Name of an entry of the reward list."),
        weight: z
          .number()
          .nonnegative()
          .default(1)
          .describe("Factor of its advantage, or the initial factor (λ)."),
        target: z
          .number()
          .optional()
          .describe(
            "Target mean of the reward (τ): λ rises below it and falls above it; without a target λ is constant.",
          ),
        onlyRight: z.boolean().default(false).describe("Compare only completions that the verdict accepts."),
      }),
    )
    .min(1)
    .describe("Each is removed from the reward sum, and its advantage within the group is added separately."),
  rate: z.number().nonnegative().default(0.05).describe("Step size of the factors towards their targets."),
  most: z.number().nonnegative().default(5).describe("A factor's upper bound; 0 is the lower."),
  leastScores: z
    .int()
    .min(1)
    .default(8)
    .describe("Least number of scores in an iteration for a factor to change."),
  whiten: z
    .boolean()
    .default(false)
    .describe("Whiten the summed advantages to mean 0 and variance 1 over the batch."),
});

/** Every default filled in. */
export type SeparateRewards = z.output<typeof separateSchema>;
