/**
 * @module
 * The record of a policy algorithm. A token-level algorithm has four independent parts. Rewards become token
 * advantages; token log-ratios become ratios; a surrogate maps ratio and advantage to the maximised term; an
 * aggregation reduces all tokens to one number. Credit acts between the first and the third part: token advantage =
 * advantage × token weight. Optional terms are KL, entropy and a value loss.
 *
 * An algorithm whose unit is the pair (DPO) is not of that form: its loss is not a sum over tokens. It has a record of
 * its own.
 */
import type { Aggregation, KlFunction, Rewards, ValueLoss } from "../math/index.ts";
import type { Define } from "../parts/index.ts";
import type { RatioLevel } from "./ratio-level.ts";
import type { SamplerCorrectionConfig } from "./sampler-correction.ts";
import type { ObjectiveContext } from "./types.ts";

/** The maximised term of one token, with its two partial derivatives. */
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

/** A completion as input of the advantage part. */
export interface RewardedCompletion {
  /** `[T]` */
  readonly mask: ArrayLike<number>;
  /** `[T]` what is taken off the reward at each token, such as β·KL; absent when nothing is. */
  readonly penalties?: Float64Array | undefined;
  /** `[T]` estimates of the value head when the completion was sampled. */
  readonly values?: ArrayLike<number> | undefined;
}

/** A group as input of the advantage part. */
export interface RewardedGroup {
  readonly rewards: Rewards;
  readonly completions: readonly RewardedCompletion[];
}

/** The result of an advantage part. */
export interface BatchAdvantages {
  /** `[P][G][T]`; at masked tokens any number. */
  readonly advantages: readonly (readonly Float64Array[])[];
  /** `[P][G][T]` what the values are to become; absent where no values are learnt. */
  readonly returns?: readonly (readonly Float64Array[])[] | undefined;
}

/** How rewards become token advantages. */
export interface AdvantagePart {
  readonly of: (groups: readonly RewardedGroup[]) => BatchAdvantages;
  /** True where a group whose rewards are all equal has advantage 0. */
  readonly needsSpread: boolean;
  /** Whether the values of completions are used; `"required"` where there is no way without. */
  readonly values: "none" | "optional" | "required";
}

/** KL to the reference. */
export interface KlTerm {
  /** β ≥ 0; with a schedule its value at the start of the run. */
  readonly coefficient: number;
  /**
   * Share of β in force at a place of the run, from terms with a schedule; 1 unless given.
   *
   * @param progress share of the run's iterations that are done, in [0, 1]
   */
  readonly shareAt?: ((progress: number) => number) | undefined;
  readonly estimate: KlFunction;
  /** A term of the loss, with a gradient; or taken off the reward of each token, without. */
  readonly placement: "loss" | "reward";
}

/** The loss of a value head. */
export interface ValueTerm {
  readonly coefficient: number;
  readonly loss: (value: number, oldValue: number, target: number) => ValueLoss;
}

/** Treatment of completions truncated at the limit; `mask-and-count` keeps them in means over completions. */
export type TruncatedPart = "keep" | "mask" | "mask-and-count";

/** An algorithm whose loss is a sum over tokens, with its options bound. */
export interface TokenAlgorithm {
  /** Names the algorithm in errors and records; the kind of its definition unless given. */
  readonly name?: string;
  readonly unit: "token";
  readonly advantage: AdvantagePart;
  readonly ratioLevel: RatioLevel;
  readonly surrogate: Surrogate;
  readonly aggregation: Aggregation;
  readonly kl: KlTerm;
  /** Weight of the entropy bonus; 0 is none. */
  readonly entropyCoefficient: number;
  /** Correction for a sampler that is not the trained policy; absent where there is none. */
  readonly correction?: SamplerCorrectionConfig | undefined;
  readonly value?: ValueTerm | undefined;
  readonly truncated: TruncatedPart;
  /** False where there is no importance ratio, so that samples of an earlier policy would go uncorrected. */
  readonly correctsStaleness?: boolean;
}

/** Two completions of one group, by index. */
export interface Pair {
  readonly chosen: number;
  readonly rejected: number;
}

/** An algorithm whose loss is a mean over pairs of completions of the same prompt, with its options bound. */
export interface PairAlgorithm {
  /** Names the algorithm in errors and records; the kind of its definition unless given. */
  readonly name?: string;
  readonly unit: "pair";
  /** Which completions of a group are compared, the better one first; none in a group without spread. */
  readonly pairs: (rewards: Rewards) => Pair[];
  /** Difference of the credit-weighted log-ratios, nats, to its loss and the loss's slope. */
  readonly loss: (difference: number) => { readonly value: number; readonly derivative: number };
  /** β: factor from nats to the implicit reward. */
  readonly beta: number;
  /** The estimate that is logged; a pair loss has no KL term of its own. */
  readonly divergence: KlFunction;
  readonly truncated: TruncatedPart;
}

export type Algorithm = TokenAlgorithm | PairAlgorithm;

/** An algorithm: its options, if it has any, and its maker. A built-in one has its kind among the options. */
export const defineObjective: Define<ObjectiveContext, Algorithm> = <T>(definition: T) => definition;
