/**
 * @module
 * The inputs and outputs of an objective.
 */
import type { Rewards } from "../math/index.ts";
import type { PerceptionTerm } from "./perception.ts";
import type { ViewTerm } from "./view-term.ts";

/** Log-probs of one completion under the policies involved, with the mask and weights of its tokens. */
export interface ObjectiveCompletion {
  /** `[T]` nats, present policy. */
  readonly logprobs: ArrayLike<number>;
  /**
   * `[T]` nats, policy that sampled the tokens; the same array when nothing has been learnt since. With a correction for the
   * sampler, the trainer's own at the start of the batch.
   */
  readonly oldLogprobs: ArrayLike<number>;
  /** `[T]` nats, from the sampler; needed where the algorithm corrects for the sampler. */
  readonly samplerLogprobs?: ArrayLike<number> | undefined;
  /** `[T]` nats, frozen reference; needed when the KL coefficient is not 0. */
  readonly refLogprobs?: ArrayLike<number> | undefined;
  /** `[T]` 1 where the token counts, else 0. */
  readonly mask: ArrayLike<number>;
  /** `[T]` token credit: factors of the advantage. All 1 when absent. */
  readonly weights?: ArrayLike<number> | undefined;
  /** `[T]` added to the weighted advantage, in its units; for algorithms whose unit is the token. */
  readonly advantageBonus?: ArrayLike<number> | undefined;
  /** `[T]` estimates of a value head as it is, reward units; for algorithms that have values. */
  readonly values?: ArrayLike<number> | undefined;
  /** `[T]` the same when the completion was sampled; `values` when absent. */
  readonly oldValues?: ArrayLike<number> | undefined;
  /** A term on the log-probs themselves; for algorithms whose unit is the token. */
  readonly perception?: PerceptionTerm | undefined;
  /** A term on the log-probs under several views; for algorithms whose unit is the token. */
  readonly viewTerm?: ViewTerm | undefined;
  /** Whether the completion was cut at the limit; matters with `truncated: "mask"`. */
  readonly isTruncated?: boolean | undefined;
}

/** A part of the reward whose advantage is taken by itself. */
export interface SeparateRewards {
  /** Factor of its advantage. */
  readonly coefficient: number;
  /** `[G]`; null where a completion takes no part in the comparison, as without a reward in any. */
  readonly rewards: Rewards;
}

/** The comparisons of a group besides its rewards. */
export interface Comparisons {
  /** In place of the rewards: the parts, each normalised apart; none unless given, as with an empty list. */
  readonly parts?: readonly SeparateRewards[] | undefined;
  /** Rewards of further completions, of other groups, that the group's are compared with as well. */
  readonly others?: Rewards | undefined;
}

/** The completions of one prompt with their rewards, and further comparisons. */
export interface ObjectiveGroup extends Comparisons {
  /** `[G]`; null or NaN where no verifier could judge. */
  readonly rewards: Rewards;
  /** `[G]` */
  readonly completions: readonly ObjectiveCompletion[];
  /**
   * Whether nothing was measured of its tokens, since no term gives them a gradient: it counts in the means of the
   * loss, and its tokens count in no metric. False unless given.
   */
  readonly isIdle?: boolean | undefined;
  /** Whether the advantages of the batch are whitened; that of any group says so for all. */
  readonly isWhitened?: boolean | undefined;
  /** Advantages that were computed over a larger batch, of every group or of none; from the rewards unless given. */
  readonly known?: KnownAdvantages | undefined;
}

/** The token advantages of a group. */
export interface KnownAdvantages {
  /** `[G][T]` */
  readonly advantages: readonly Float64Array[];
  /** `[G][T]` what the values are to become; absent where no values are learnt. */
  readonly returns?: readonly Float64Array[] | undefined;
}

/** Facts of the run that the objective needs besides its configuration. */
export interface ObjectiveContext {
  /** Longest completion the sampler may return: the constant of sequence-sum-norm unless it names its own. */
  readonly maxCompletionTokens?: number | undefined;
}

/**
 * The state of the batch, as numbers to log. Means over tokens run over the counted tokens of groups that are not
 * idle.
 */
export interface ObjectiveMetrics {
  readonly groups: number;
  /** Share of groups whose rewards are all equal, which carry no policy gradient. */
  readonly groupsWithoutSpread: number;
  readonly completions: number;
  /** Completions no verifier could judge. */
  readonly unscorable: number;
  /** Tokens that count. */
  readonly tokens: number;
  /** Mean of the scorable rewards. */
  readonly rewardMean: number;
  /** Mean advantage and mean |advantage| over completions with tokens that count, before token weights. */
  readonly advantageMean: number;
  readonly advantageMagnitude: number;
  /**
   * Importance ratio at the level the algorithm uses, over the tokens whose weight is not 0; 1 without any. A ratio
   * above 1e100 is logged as 1e100, so that these stay finite.
   */
  readonly ratioMean: number;
  readonly ratioMin: number;
  readonly ratioMax: number;
  /** Share of tokens held by the lower, the upper and the dual-clip bound. */
  readonly clipLowShare: number;
  readonly clipHighShare: number;
  readonly clipDualShare: number;
  /** Mean estimate of KL(π ‖ π_ref), nats, over tokens with reference log-probs; 0 without any. */
  readonly kl: number;
  /** Mean k3 to the ablated images up to its bound, nats, over tokens with a perception term; 0 without any. */
  readonly perceptionKl: number;
  /** Mean of the term over views, as added to the maximised objective, over tokens with one; 0 without any. */
  readonly viewTerm: number;
  /** Token weights over tokens; 1 without weights. A weight beyond ±1e100 is logged as that. */
  readonly weightMean: number;
  readonly weightMax: number;
  /** Mean over completions of (Σw)² / Σw²: the tokens that effectively carry the credit. */
  readonly effectiveTokens: number;
  readonly counts: MetricCounts;
  /** Only where the algorithm corrects for the sampler. */
  readonly correction?: CorrectionMetrics | undefined;
  /** Only where values are learnt. */
  readonly value?: ValueMetrics | undefined;
  /** Only of algorithms whose unit is the pair. */
  readonly pair?: PairMetrics | undefined;
}

/** Of how many completions or tokens the means are: their weights where batches are put together. */
export interface MetricCounts {
  /** Completions with tokens that count. */
  readonly advantages: number;
  /** Tokens whose weight is not 0. */
  readonly ratios: number;
  /** Tokens with reference log-probs. */
  readonly divergences: number;
  /** Tokens with a perception term. */
  readonly perceptions: number;
  /** Tokens with a term over views. */
  readonly viewTerms: number;
  /** Tokens with a correction for the sampler. */
  readonly corrections: number;
  /** Completions with a weight that is not 0. */
  readonly credited: number;
}

/** The state of the correction for the sampler, over tokens. */
export interface CorrectionMetrics {
  /** Mean of the factors. */
  readonly mean: number;
  /** Share of tokens whose ratio was beyond a bound. */
  readonly beyondShare: number;
}

/** The state of the value head; means over tokens. */
export interface ValueMetrics {
  /** Tokens with a return. */
  readonly tokens: number;
  /** Mean of the clipped squared error, before its coefficient. */
  readonly loss: number;
  /** Share of tokens whose value a bound held. */
  readonly clipShare: number;
  /** 1 − var(return − V) / var(return): 1 is perfect, 0 no better than a constant; 0 when returns are all equal. */
  readonly explainedVariance: number;
}

/** The state of the comparisons; means over pairs, 0 without any. */
export interface PairMetrics {
  readonly pairs: number;
  /** β times the difference of the weighted log-ratios. */
  readonly margin: number;
  /** Share of pairs whose margin is above 0. */
  readonly accuracy: number;
}

export interface ObjectiveResult {
  /** To be minimised. */
  readonly loss: number;
  /** `[P][G][T]`: −∂loss/∂log π(oₜ); 0 at masked tokens. */
  readonly coefficients: Float64Array[][];
  /** `[P][G][T]`: −∂loss/∂V; only where values are learnt. */
  readonly valueCoefficients?: Float64Array[][] | undefined;
  /** `[V][P][G][T]`: −∂loss/∂log π(oₜ | view); only where completions have a term over views. */
  readonly viewCoefficients?: Float64Array[][][] | undefined;
  /**
   * `[P][G][T]`: weight of each token's entropy in the maximised objective; only with an entropy bonus. The bonus is
   * not in `loss`, since entropies are the engine's.
   */
  readonly entropyCoefficients?: Float64Array[][] | undefined;
  readonly metrics: ObjectiveMetrics;
}
