/**
 * @module
 * The `sft` part of a configuration, which the function `sft` takes as `schedule`.
 */
import * as z from "zod";
import { ConfigError } from "../../errors/index.ts";
import { optimizerOptions, scheduleOptions } from "../schedule/optimizer-schema.ts";

export const sftSchema = z
  .strictObject({
    steps: z.int().min(0).default(800).describe("Optimiser steps; 0 skips the warm start."),
    epochs: z
      .number()
      .positive()
      .optional()
      .describe("Passes over the demonstrations, in place of steps; only for finite data."),
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
    checkpointEvery: z
      .int()
      .min(0)
      .default(0)
      .describe("Steps between checkpoints; 0 saves only at the end."),
    keepCheckpoints: z.int().min(1).default(2).describe("Number of newest checkpoints to keep."),
    maxConsecutiveSkips: z
      .int()
      .min(1)
      .default(5)
      .describe("Stop after this many consecutive steps with a non-finite gradient, which are skipped."),
    reportEvery: z.int().min(1).default(10).describe("Steps between measurements of the loss."),
    validationShare: z
      .number()
      .min(0)
      .lt(1)
      .default(0)
      .describe(
        "Share of demonstrations held out to measure the validation loss; of an endless task 64 demonstrations, for any share above 0.",
      ),
    validateEvery: z
      .int()
      .min(1)
      .default(50)
      .describe("Steps between measurements of the validation loss, if demonstrations are held out."),
  })
  .describe("The supervised warm start on demonstrations; the loss covers only completion tokens.");

/** The schedule of a warm start, every default filled in. */
export type SftSchedule = z.output<typeof sftSchema>;

/**
 * Optimiser steps of a warm start.
 *
 * @param demonstrations to train on; Infinity for an endless source
 * @throws ConfigError when epochs cannot be used
 */
export function plannedSteps(
  { steps, epochs, batchSize, batchTokens }: SftSchedule,
  demonstrations: number,
): number {
  if (epochs === undefined) return steps;
  if (batchTokens !== undefined) {
    throw new ConfigError(
      "sft.epochs: expected sft.steps with sft.batchTokens, since the size of a step varies",
    );
  }
  if (demonstrations === Infinity) {
    throw new ConfigError("sft.epochs: the demonstrations are endless; set sft.steps");
  }
  return Math.max(1, Math.ceil((epochs * demonstrations) / batchSize));
}
