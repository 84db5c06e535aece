/**
 * @module
 * AdamW (arXiv:1711.05101, algorithm 2) over flat arrays, in the direction that raises the objective.
 */
import type { ParameterLayout } from "../../../model/graph/index.ts";
import type { AdamParameters } from "../../engine.ts";

export class AdamW {
  readonly firstMoment: Float32Array;
  readonly secondMoment: Float32Array;
  steps = 0;
  /** Whole parameters, one after another. */
  readonly #ranges: readonly (readonly [start: number, end: number, isDecayed: boolean])[];

  /** Weight decay falls on matrices; norms and biases are spared. */
  constructor(layout: ParameterLayout) {
    this.firstMoment = new Float32Array(layout.size);
    this.secondMoment = new Float32Array(layout.size);
    this.#ranges = [...layout.parameters.values()].map(
      ({ shape, offset, size }) => [offset, offset + size, shape.length > 1] as const,
    );
  }

  /** Forgets all steps. */
  reset(): void {
    this.firstMoment.fill(0);
    this.secondMoment.fill(0);
    this.steps = 0;
  }

  /**
   * One step up the gradient, which is 0 afterwards: one pass over memory, whose speed is that of the step.
   *
   *     m ← β₁ m + (1 − β₁) g,  v ← β₂ v + (1 − β₂) g²
   *     w ← w (1 − lr·decay) + lr · m̂ / (√v̂ + ε)
   *
   * @param gradientScale factor on the gradient, below 1 when it is clipped
   */
  step(weights: Float32Array, gradient: Float32Array, gradientScale: number, adam: AdamParameters): void {
    this.steps++;
    const { learningRate, beta1, beta2, epsilon, weightDecay } = adam;
    const { firstMoment, secondMoment } = this;
    const rate = learningRate / (1 - beta1 ** this.steps);
    const correction = 1 / Math.sqrt(1 - beta2 ** this.steps);
    for (const [start, end, isDecayed] of this.#ranges) {
      const keep = isDecayed ? 1 - learningRate * weightDecay : 1;
      for (let i = start; i < end; i++) {
        const g = gradient[i]! * gradientScale;
        const m = beta1 * firstMoment[i]! + (1 - beta1) * g;
        const v = beta2 * secondMoment[i]! + (1 - beta2) * g * g;
        firstMoment[i] = m;
        secondMoment[i] = v;
        weights[i] = Math.fround(weights[i]! * keep) + (rate * m) / (Math.sqrt(v) * correction + epsilon);
        gradient[i] = 0;
      }
    }
  }
}

/** L2 norm; NaN or infinite when any element is. Four sums, since one would make every addition wait for the last. */
export function gradientNorm(gradient: Float32Array): number {
  let [first, second, third, fourth] = [0, 0, 0, 0];
  const end = gradient.length - (gradient.length % 4);
  for (let i = 0; i < end; i += 4) {
    first += gradient[i]! * gradient[i]!;
    second += gradient[i + 1]! * gradient[i + 1]!;
    third += gradient[i + 2]! * gradient[i + 2]!;
    fourth += gradient[i + 3]! * gradient[i + 3]!;
  }
  for (let i = end; i < gradient.length; i++) first += gradient[i]! * gradient[i]!;
  return Math.sqrt(first + second + (third + fourth));
}
