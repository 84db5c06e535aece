/**
 * @module
 * How a supervised warm start goes on: the `sft` part of a configuration, which `sft` takes as `schedule`.
 */
import * as z from "zod";
import { ConfigError } from "../../errors/index.ts";
import { optimizerOptions, scheduleOptions } from "../schedule/optimizer-schema.ts";

export const sftSchema = z
  .strictObject({
    steps: z.int().min(0).default(800).describe("Optimiser steps in all; 0 does without a warm start."),
    epochs: z
      .number()
      .positive()
      .optional()
      .describe("Passes over the demonstrations, in place of steps; only where they have an end."),
    batchSize: z.int().min(1).default(32).describe("Demonstrations a step."),
    batchTokens: z
      .int()
      .min(1)
      .optional()
      .describe(
        "Completion tokens a step, in place of batchSize: demonstrations are packed into a step until the next would exceed it.",
      ),
    ...optimizerOptions({ learningRate: 2e-3, beta1: 0.9, beta2: 0.98, weightDecay: 0, maxGradientNorm: 1 }),
    ...scheduleOptions("cosine", 0.1),
    checkpointEvery: z.int().min(0).default(0).describe("Steps between checkpoints; 0 only at the end."),
    keepCheckpoints: z.int().min(1).default(2).describe("Checkpoints that are kept, the newest."),
    maxConsecutiveSkips: z
      .int()
      .min(1)
      .default(5)
      .describe("The run stops after this many steps in a row were skipped for a gradient not finite."),
    reportEvery: z.int().min(1).default(10).describe("Steps between measurements of the loss."),
    validationShare: z
      .number()
      .min(0)
      .lt(1)
      .default(0)
      .describe("Share of the demonstrations that are held out to measure the loss on."),
    validateEvery: z
      .int()
      .min(1)
      .default(50)
      .describe("Steps between measurements of the validation loss, where demonstrations are held out."),
  })
  .describe("The supervised warm start on demonstrations; the loss is that of completion tokens alone.");

/** How a warm start goes on, every default filled in. */
export type SftSchedule = z.output<typeof sftSchema>;

/**
 * Optimiser steps of a warm start.
 *
 * @param demonstrations that are learnt from; Infinity where they never end
 * @throws ConfigError when epochs cannot be meant
 */
export function plannedSteps(
  { steps, epochs, batchSize, batchTokens }: SftSchedule,
  demonstrations: number,
): number {
  if (epochs === undefined) return steps;
  if (batchTokens !== undefined) {
    throw new ConfigError(
      "sft.epochs: expected sft.steps beside sft.batchTokens, since the size of a step varies",
    );
  }
  if (demonstrations === Infinity) {
    throw new ConfigError("sft.epochs: the demonstrations never end; set sft.steps");
  }
  return Math.max(1, Math.ceil((epochs * demonstrations) / batchSize));
}
