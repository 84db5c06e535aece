/**
 * @module
 * Facts about an algorithm that a run depends on, read from its record.
 */
import type { Algorithm } from "./algorithm.ts";

/**
 * Whether token weights of this algorithm reach each token's gradient. Where they do not, a credit method with
 * different token weights is a contradiction.
 */
export function keepsTokenCredit(algorithm: Algorithm): boolean {
  return algorithm.unit === "pair" || algorithm.ratioLevel.keepsTokenCredit;
}

/**
 * Whether advantages are only of outcomes, so that rewards may be normalised separately or shared between groups.
 * True without a value head, pairs or a KL that is subtracted from the reward.
 */
export function comparesOutcomes(algorithm: Algorithm): boolean {
  if (algorithm.unit === "pair" || algorithm.advantage.values !== "none") return false;
  return algorithm.kl.placement === "loss" || algorithm.kl.coefficient === 0;
}

/** Whether completions have advantages; where pairs are compared they have none. */
export function hasAdvantages(algorithm: Algorithm): boolean {
  return algorithm.unit === "token";
}

/**
 * Whether completions of an earlier policy may be trained on: a ratio to the sampling policy corrects for it, or
 * pairs of any origin are compared.
 */
export function correctsStaleness(algorithm: Algorithm): boolean {
  if (algorithm.unit === "pair") return true;
  return algorithm.correctsStaleness !== false || algorithm.correction !== undefined;
}

/** Input that an algorithm needs beside the log-probs of policy and sampler. */
export interface AlgorithmNeeds {
  /** Log-probs under the frozen reference. */
  readonly reference: boolean;
  /** Estimates of a value head. */
  readonly values: boolean;
  /** The gradient of each token's entropy. */
  readonly entropyGradient: boolean;
  /** Log-probs of the trainer at the start of a batch, beside the sampler's log-probs. */
  readonly trainerLogprobs: boolean;
  /** Whether a group whose rewards are all equal has advantage 0. */
  readonly spread: boolean;
  /** Whether a group whose rewards are all equal still has a gradient, from a KL or entropy term. */
  readonly termGradient: boolean;
}

/** The needs of an algorithm. */
export function algorithmNeeds(algorithm: Algorithm): AlgorithmNeeds {
  if (algorithm.unit === "pair") {
    return {
      reference: true,
      values: false,
      entropyGradient: false,
      trainerLogprobs: false,
      spread: true,
      termGradient: false,
    };
  }
  const { kl, advantage, entropyCoefficient } = algorithm;
  return {
    reference: kl.coefficient > 0,
    values: advantage.values === "required",
    entropyGradient: entropyCoefficient > 0,
    trainerLogprobs: algorithm.correction !== undefined,
    spread: advantage.needsSpread,
    termGradient: kl.coefficient > 0 || entropyCoefficient > 0,
  };
}
