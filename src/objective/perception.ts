/**
 * @module
 * The perception term of PAPO (arXiv:2507.06448): reward for tokens that the model would not have written with the
 * image spoilt. It is added like the KL term to the reference, with the opposite sign.
 */
import { klEstimators } from "../math/index.ts";

/** The term's input from one completion. */
export interface PerceptionTerm {
  /** `[T]` nats, log-probs with the images ablated; constants, no gradient goes through them. */
  readonly ablatedLogprobs: ArrayLike<number>;
  /** `[T]` γₜ ≥ 0; 0 where a token takes no part. */
  readonly coefficients: ArrayLike<number>;
  /** k3 counts up to this, in nats; beyond it there is no gradient. */
  readonly bound: number;
  /** η ≥ 0, weight of −log π(oₜ), which is subtracted. */
  readonly entropyPenalty: number;
}

/** The term at one token and its slope. */
interface PerceptionValue {
  readonly value: number;
  /** ∂value/∂log π(oₜ). */
  readonly derivative: number;
  /** k3 up to the bound, nats. */
  readonly divergence: number;
}

/**
 * The contribution of one token to the objective.
 *
 *     γₜ·min(k3ₜ, bound) + η·log π(oₜ),      k3 = e^{−d} + d − 1,   d = log π(oₜ) − log π(oₜ|ablated)
 *
 * Source: PAPO, arXiv:2507.06448; the gradient only through the original image, and the bound, follow the authors'
 * code.
 */
export function perceptionTerm(term: PerceptionTerm, logprob: number, t: number): PerceptionValue {
  const { value, derivative } = klEstimators.k3(logprob, term.ablatedLogprobs[t]!);
  const gamma = term.coefficients[t]!;
  const isFree = value < term.bound;
  const divergence = isFree ? value : term.bound;
  return {
    value: gamma * divergence + term.entropyPenalty * logprob,
    derivative: (isFree ? gamma * derivative : 0) + term.entropyPenalty,
    divergence,
  };
}
