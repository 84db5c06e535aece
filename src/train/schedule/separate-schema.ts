/**
 * @module
 * Rewards that are normalised apart: option `separate` of the schedule.
 */
import * as z from "zod";

/** Rewards normalised apart, with factors that stay or that rise until a target is met. */
export const separateSchema = z.strictObject({
  rewards: z
    .array(
      z.strictObject({
        name: z.string().min(1).describe("Name of an entry of the reward list."),
        weight: z
          .number()
          .nonnegative()
          .default(1)
          .describe("Factor of its advantage, or its factor at the start (λ)."),
        target: z
          .number()
          .optional()
          .describe(
            "Mean of the reward that is asked for: λ rises below it and falls above it; it stays unless given (τ).",
          ),
        onlyRight: z
          .boolean()
          .default(false)
          .describe("Only completions that the verdict finds right are compared by it."),
      }),
    )
    .min(1)
    .describe("Each is taken out of the sum, and its advantage within the group is added by itself."),
  rate: z.number().nonnegative().default(0.05).describe("How fast factors follow their targets."),
  most: z.number().nonnegative().default(5).describe("A factor's upper bound; 0 is the lower."),
  leastScores: z.int().min(1).default(8).describe("Scores of an iteration below which a factor stays."),
  whiten: z
    .boolean()
    .default(false)
    .describe("Bring the sum of advantages to mean 0 and variance 1 over the batch."),
});

/** Every default filled in. */
export type SeparateRewards = z.output<typeof separateSchema>;
