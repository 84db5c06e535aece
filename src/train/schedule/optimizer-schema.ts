/**
 * @module
 * The options that every phase with an optimiser has: AdamW and a learning-rate schedule.
 */
import * as z from "zod";
import { FALLS, type Fall } from "../../math/index.ts";

/** Defaults of one phase. */
interface OptimizerDefaults {
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly weightDecay: number;
  readonly maxGradientNorm: number;
}

/** AdamW with a phase's defaults. */
export function optimizerOptions(defaults: OptimizerDefaults) {
  return {
    learningRate: z
      .number()
      .positive()
      .default(defaults.learningRate)
      .describe("Peak learning rate of AdamW."),
    beta1: z.number().min(0).lt(1).default(defaults.beta1).describe("Decay of AdamW's first moment."),
    beta2: z.number().min(0).lt(1).default(defaults.beta2).describe("Decay of AdamW's second moment."),
    epsilon: z.number().positive().default(1e-8).describe("AdamW's guard against division by 0."),
    weightDecay: z
      .number()
      .min(0)
      .default(defaults.weightDecay)
      .describe("Decoupled weight decay, on matrices."),
    maxGradientNorm: z
      .number()
      .min(0)
      .default(defaults.maxGradientNorm)
      .describe("Largest gradient norm (gradient clipping); 0 turns clipping off."),
  };
}

/** A schedule with a phase's defaults. */
export function scheduleOptions(schedule: Fall, finalShare: number) {
  return {
    schedule: z.enum(FALLS).default(schedule).describe("Learning-rate schedule after the warmup."),
    finalShare: z
      .number()
      .min(0)
      .max(1)
      .default(finalShare)
      .describe("Share of the peak learning rate at the end of a linear or cosine schedule."),
    warmup: z
      .int()
      .min(0)
      .default(0)
      .describe(
        "Steps of the schedule over which the learning rate rises to its peak: iterations, or steps of a warm start.",
      ),
  };
}
