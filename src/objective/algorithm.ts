/**
 * @module
 * What a policy algorithm is: a record of four independent parts. Rewards become advantages; token log-ratios become
 * ratios; a surrogate turns ratio and token advantage into what is maximised; an aggregation makes one number of all
 * tokens. Credit stands between the first and the third: token advantage = advantage × token weight. The optional KL
 * term joins before aggregation.
 */
import type { Aggregation, KlFunction, Rewards } from "../math/index.ts";
import type { RatioLevel } from "./ratio-level.ts";

/** What is maximised at one token, with its two partial derivatives. */
export interface TokenTerm {
  readonly value: number;
  /** ∂value/∂ρ. */
  readonly ratioDerivative: number;
  /** ∂value/∂log π(oₜ) with ρ held fixed. */
  readonly logprobDerivative: number;
  readonly clipped: "none" | "low" | "high" | "dual";
}

/** Importance ratio, token advantage and log-prob of one token to its term. */
export type Surrogate = (ratio: number, advantage: number, logprob: number) => TokenTerm;

/** An algorithm with its options bound. */
export interface Algorithm {
  /** `[G]` rewards to `[G]` advantages. */
  readonly advantages: (rewards: Rewards) => Float64Array;
  readonly ratioLevel: RatioLevel;
  readonly surrogate: Surrogate;
  /** β ≥ 0 and the estimator it multiplies. */
  readonly klCoefficient: number;
  readonly kl: KlFunction;
  readonly aggregation: Aggregation;
}
