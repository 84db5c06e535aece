/**
 * @module
 * How a number falls over a run: the share of it that is left, for learning rates and for coefficients of the loss.
 */
import { requireChoice, requireNumber } from "./check.ts";

/** Shapes of the fall. */
export const FALLS = ["constant", "linear", "cosine"] as const;
export type Fall = (typeof FALLS)[number];

const remaining: Readonly<Record<Fall, (progress: number) => number>> = {
  constant: () => 1,
  linear: (progress) => 1 - progress,
  cosine: (progress) => (1 + Math.cos(Math.PI * progress)) / 2,
};

/**
 * Share that is left at a place of the run.
 *
 *     f + (1 − f)·r(p),   r = 1, 1 − p or (1 + cos πp)/2
 *
 * @param progress p, share of the run that is over, in [0, 1]
 * @param finalShare f, what is left at the end of a linear or cosine fall; a constant has no f
 * @throws ConfigError when the fall is another
 * @throws NumericError when the progress is outside [0, 1], or the final share not finite
 * @example
 * remainingShare("linear", 0.25, 0.2); // 0.8
 */
export function remainingShare(fall: Fall, progress: number, finalShare = 0): number {
  requireChoice("fall", fall, FALLS);
  requireNumber("progress", progress, 0, 1);
  requireNumber("finalShare", finalShare);
  return finalShare + (1 - finalShare) * remaining[fall](progress);
}
