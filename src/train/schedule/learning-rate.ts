/**
 * @module
 * The learning rate of a step, from its schedule.
 */
import type { AdamParameters } from "../../engine/index.ts";
import { type Fall, remainingShare } from "../../math/index.ts";

/** A learning-rate schedule as the configuration has it. */
export interface Schedule {
  readonly learningRate: number;
  readonly schedule: Fall;
  /** Final learning rate as a share of the peak. */
  readonly finalShare: number;
  /** Steps over which the rate rises linearly from peak/warmup to its peak. */
  readonly warmup: number;
}

/**
 * Learning rate of one step.
 *
 *     warmup   η·(step + 1) / warmup                              while step < warmup
 *     after    η·(f + (1 − f)·r(p)),  p = (step − warmup) / (steps − warmup)
 *
 * where f is `finalShare` and r is 1, 1 − p or (1 + cos πp)/2; a constant schedule has no f. A step past the end has the
 * rate of the end.
 *
 * @param step counted from 0
 * @param steps of the whole run
 * @example
 * learningRateAt({ learningRate: 1, schedule: "linear", finalShare: 0, warmup: 0 }, 1, 4); // 0.75
 */
export function learningRateAt(schedule: Schedule, step: number, steps: number): number {
  const { learningRate, warmup, finalShare } = schedule;
  if (step < warmup) return (learningRate * (step + 1)) / warmup;
  const progress = Math.min(1, (step - warmup) / Math.max(1, steps - warmup));
  return learningRate * remainingShare(schedule.schedule, progress, finalShare);
}

/** The optimiser's settings as a schedule has them. */
type AdamSettings = Schedule & Omit<AdamParameters, "learningRate">;

/**
 * The optimiser's parameters of one step.
 *
 * @param step counted from 0
 * @param steps of the whole run
 */
export function adamAt(settings: AdamSettings, step: number, steps: number): AdamParameters {
  const { beta1, beta2, epsilon, weightDecay, maxGradientNorm } = settings;
  const learningRate = learningRateAt(settings, step, steps);
  return { learningRate, beta1, beta2, epsilon, weightDecay, maxGradientNorm };
}
