/**
 * @module
 * Variance-preserving diffusion noise: how much of an image is left after a number of steps, and how the number of steps
 * falls over a run.
 *
 * Source: NoisyRollout, arXiv:2504.13055, Eq. 3 and its forward process, which DVRP, arXiv:2601.06801, takes over.
 */
import { NumericError } from "../errors/index.ts";
import { requireNumber, requireObject } from "./check.ts";

/** Steps of the whole process. */
export const DIFFUSION_STEPS = 1000;

/** How many steps a run begins with, how fast they fall, and where in the run half of them are left. */
export interface AnnealedSteps {
  /** Steps at the beginning, 0 to 999; 0 leaves images as they are. */
  readonly initial: number;
  /** Slope λ of the sigmoid, > 0. */
  readonly slope: number;
  /** Share of the run, in [0, 1], where half of the steps are left. */
  readonly middle: number;
}

/** Share of the variance that is the image's after step 0 … 999. */
const kept: readonly number[] = (() => {
  let product = 1;
  return Array.from({ length: DIFFUSION_STEPS }, (_, i) => {
    const place = -6 + (12 * i) / (DIFFUSION_STEPS - 1);
    product *= 1 - ((5e-3 - 1e-5) / (1 + Math.exp(-place)) + 1e-5);
    return product;
  });
})();

/**
 * ᾱ, the share of an image's variance that is left: noised = √ᾱ·x + √(1 − ᾱ)·ε.
 *
 *     ᾱₖ = Π_{i ≤ k} (1 − βᵢ),   βᵢ = σ(−6 + 12·i/999)·(5e−3 − 1e−5) + 1e−5;   ᾱ₀ = 1
 *
 * The product at step 0 is 1 − 2.2e−5 as printed; 1 here, so that no steps are no noise.
 *
 * @param step whole, 0 to 999
 * @throws NumericError when it is not
 * @example
 * diffusionKept(500); // 0.745
 */
export function diffusionKept(step: number): number {
  if (!(Number.isInteger(step) && step >= 0 && step < DIFFUSION_STEPS)) {
    throw new NumericError(`step: expected a whole number in 0 … ${DIFFUSION_STEPS - 1}, got ${step}`);
  }
  return step === 0 ? 1 : kept[step]!;
}

/**
 * Steps at a place of the run.
 *
 *     ⌊initial·(1 − σ(slope·(progress − middle)))⌋
 *
 * Source: arXiv:2504.13055, Eq. 3, whose γ/t_max is `middle`.
 *
 * @param progress share of the run that is over, in [0, 1]
 * @throws ShapeError without a schedule
 * @throws NumericError when it is not, or a number of the schedule is not finite
 */
export function annealedSteps(schedule: AnnealedSteps, progress: number): number {
  requireObject("schedule", schedule);
  const { initial, slope, middle } = schedule;
  for (const [name, value] of Object.entries({ initial, slope, middle })) requireNumber(name, value);
  requireNumber("progress", progress, 0, 1);
  return Math.floor(initial * (1 - 1 / (1 + Math.exp(-slope * (progress - middle)))));
}
