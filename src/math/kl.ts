/**
 * @module
 * Estimators of KL(π ‖ π_ref) from the log-probs of sampled tokens, each with its derivative in log π.
 *
 * A good estimate of the divergence is not yet a good loss term. On-policy, the expected derivative of k1 is zero,
 * that of k2 is the gradient of KL(π ‖ π_ref), that of k3 the gradient of KL(π_ref ‖ π).
 */

/** Which estimator of the KL divergence. */
export type KlEstimator = "k1" | "k2" | "k3";

/** An estimator's value and slope at one token. */
export interface KlValue {
  /** Nats. */
  readonly value: number;
  /** ∂value/∂log π(oₜ). */
  readonly derivative: number;
}

/** Log-prob under the policy and under the reference, nats, to an estimate. */
export type KlFunction = (logprob: number, refLogprob: number) => KlValue;

/**
 * The three estimators, with d = log π(oₜ) − log π_ref(oₜ).
 *
 *     k1 = d                   unbiased, may be negative
 *     k2 = d² / 2              biased, ≥ 0
 *     k3 = e^{−d} + d − 1      unbiased, ≥ 0
 *
 * Source: J. Schulman, "Approximating KL Divergence" (2020); k3 in the loss: GRPO, arXiv:2402.03300, eq. 4.
 * Nothing is clamped: k3 is infinite where the reference is more than 709 nats likelier.
 *
 * @example
 * klEstimators.k3(Math.log(0.5), Math.log(0.25)); // { value: 0.5 + ln 2 − 1, derivative: 0.5 }
 */
export const klEstimators: Readonly<Record<KlEstimator, KlFunction>> = {
  k1: (logprob, refLogprob) => ({ value: logprob - refLogprob, derivative: 1 }),
  k2: (logprob, refLogprob) => {
    const difference = logprob - refLogprob;
    return { value: (difference * difference) / 2, derivative: difference };
  },
  k3: (logprob, refLogprob) => {
    const difference = logprob - refLogprob;
    const excess = Math.expm1(-difference);
    return { value: excess + difference, derivative: -excess };
  },
};
