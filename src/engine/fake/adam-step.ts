/**
 * @module
 * AdamW over one flat array, written out plainly as the fake engine's optimiser.
 */
import type { AdamParameters } from "../engine.ts";

/**
 * One ascent step of AdamW (arXiv:1711.05101, Algorithm 2) with bias correction, in place.
 *
 *     m ← β₁m + (1 − β₁)g,   v ← β₂v + (1 − β₂)g²,   θ ← (1 − ηλ)θ + η·m̂/(√v̂ + ε)
 *
 * @param state `[2N + 1]`: m, v, and the number of steps
 * @param norm global norm of the gradient, for clipping
 */
export function adamStep(
  weights: Float64Array,
  state: Float64Array,
  gradient: Float64Array,
  norm: number,
  adam: AdamParameters,
): void {
  const size = weights.length;
  const steps = state[2 * size]! + 1;
  state[2 * size] = steps;
  const clip = adam.maxGradientNorm > 0 && norm > adam.maxGradientNorm ? adam.maxGradientNorm / norm : 1;
  const first = 1 - adam.beta1 ** steps;
  const second = 1 - adam.beta2 ** steps;
  const decay = 1 - adam.learningRate * adam.weightDecay;
  for (let i = 0; i < size; i++) {
    // Most rows of a bigram policy are never in use.
    if (decay === 1 && gradient[i] === 0 && state[i] === 0 && state[size + i] === 0) continue;
    const slope = gradient[i]! * clip;
    const m = adam.beta1 * state[i]! + (1 - adam.beta1) * slope;
    const v = adam.beta2 * state[size + i]! + (1 - adam.beta2) * slope * slope;
    state[i] = m;
    state[size + i] = v;
    weights[i] =
      weights[i]! * decay + (adam.learningRate * (m / first)) / (Math.sqrt(v / second) + adam.epsilon);
  }
}
