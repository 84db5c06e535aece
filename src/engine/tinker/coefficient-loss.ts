/**
 * @module
 * Losses of the protocol that mean coefficients, L = Σ −cₜ·log π(oₜ), on servers that add up in different ways. A sum over
 * tokens, which is the protocol's, takes a cross-entropy whose weights are the coefficients. SkyRL's JAX backend divides: by
 * the sum of a sequence's weights, and by the number B of sequences since the last step,
 *
 *     L = 1/B · Σᵢ Σₜ wᵢₜ·ℓᵢₜ / max(Σₜ wᵢₜ, 10⁻⁹)
 *
 * so that a weight's size means nothing there, and weights that sum to less than 0 are multiplied by 10⁹.
 * Coefficients are sent to it as advantages of `cispo` with both thresholds at 1, whose ratio is 1 for any log-probs:
 *
 *     ℓᵢₜ = −aᵢₜ·log π(oₜ),   wᵢₜ = 1 on the Tᵢ tokens of the completion,   aᵢₜ = cᵢₜ·Tᵢ·B
 *
 * Source: `loss_for_lora` and `get_mean` of skyrl/backends/jax.py, SkyRL 0.3.0.
 */

/** `sum` over all tokens, or `mean`: over each sequence's weights, then over sequences. */
export type LossReduction = "sum" | "mean";

/** A loss as a request names it. */
export interface WireLoss {
  readonly loss_fn: "cross_entropy" | "cispo";
  readonly loss_fn_config?: Readonly<Record<string, number>>;
}

/** A loss, and what it takes of a sequence with these coefficients: arrays by name, `[T]` each. */
export interface CoefficientLoss {
  readonly loss: WireLoss;
  readonly inputs: (coefficients: Float64Array) => Readonly<Record<string, Float64Array>>;
}

export const CROSS_ENTROPY: WireLoss = { loss_fn: "cross_entropy" };

/** On a server that sums. */
const lossOfSums: CoefficientLoss = {
  loss: CROSS_ENTROPY,
  inputs: (weights) => ({ weights }),
};

/** On a server that takes means, of this many sequences. */
export function lossOfMeans(sequences: number): CoefficientLoss {
  return {
    loss: { loss_fn: "cispo", loss_fn_config: { clip_low_threshold: 1, clip_high_threshold: 1 } },
    inputs: (coefficients) => ({
      weights: new Float64Array(coefficients.length).fill(1),
      logprobs: new Float64Array(coefficients.length),
      advantages: coefficients.map((own) => own * coefficients.length * sequences),
    }),
  };
}

/** The losses of a run's batches, one step after another. */
export class BatchLosses {
  readonly #reduction: LossReduction;
  /** Sequences of the first gradient since the last step, by which a mean is undone; 0 before it. */
  #sequences = 0;

  constructor(reduction: LossReduction) {
    this.#reduction = reduction;
  }

  /**
   * The loss of a batch. Where a step has several batches and the server takes means, their sum is off by the factor
   * sequences of the first / sequences of all.
   */
  of(sequences: number): CoefficientLoss {
    if (this.#reduction === "sum") return lossOfSums;
    this.#sequences ||= sequences;
    return lossOfMeans(this.#sequences);
  }

  /** The gradient is gone: a step was taken, or the model is another. */
  cleared(): void {
    this.#sequences = 0;
  }
}
