/**
 * @module
 * Collects the metrics of an objective in its one pass over the tokens.
 */
import { groupSpread, isScorable, type Rewards, shareOf } from "../math/index.ts";
import type { TokenTerm } from "./algorithm.ts";
import type { MetricCounts, ObjectiveMetrics, PairMetrics, ValueMetrics } from "./types.ts";

/** The record of one token that counts. */
interface SeenToken {
  readonly ratio: number;
  /** Before the token weight. */
  readonly advantage: number;
  readonly weight: number;
  /** The correction factor for the sampler, and whether its ratio was beyond a bound. */
  readonly correction?: { readonly factor: number; readonly isBeyond: boolean } | undefined;
  readonly clipped: TokenTerm["clipped"];
  readonly divergence: number | undefined;
  readonly perception?: number | undefined;
  readonly viewTerm?: number | undefined;
}

/** Largest logged ratio, divergence or weight: beyond it sums over a batch, and squares, could overflow. */
const MOST_LOGGED = 1e100;

/** Sums over one batch: `group` for each group, then for each of its completions `token`s and `completionEnd`. */
export class MetricsCollector {
  #groups = 0;
  #groupsWithoutSpread = 0;
  #completions = 0;
  #scorable = 0;
  #rewards = 0;
  #advantages = 0;
  #magnitudes = 0;
  #tokens = 0;
  #ratios = 0;
  #ratioTokens = 0;
  #ratioMin = Infinity;
  #ratioMax = -Infinity;
  #clipped = { none: 0, low: 0, high: 0, dual: 0 };
  #corrected = 0;
  #corrections = 0;
  #beyond = 0;
  #divergences = 0;
  #divergenceTokens = 0;
  #perceptions = 0;
  #perceptionTokens = 0;
  #viewTerms = 0;
  #viewTermTokens = 0;
  #weights = 0;
  #weightMax = -Infinity;
  #withTokens = 0;
  #completionTokens = 0;
  #completionAdvantages = 0;
  #completionMagnitudes = 0;
  #completionWeights = 0;
  #completionSquares = 0;
  #effective = 0;
  #counted = 0;
  #isIdle = false;

  /** @param isIdle whether its tokens count in no metric */
  group(rewards: Rewards, isIdle = false): void {
    this.#isIdle = isIdle;
    this.#groups++;
    if (!groupSpread(rewards).hasSpread) this.#groupsWithoutSpread++;
    for (let i = 0; i < rewards.length; i++) {
      const reward = rewards[i];
      if (isScorable(reward)) {
        this.#scorable++;
        this.#rewards += reward;
      }
      this.#completions++;
    }
  }

  token({
    ratio,
    advantage,
    weight,
    correction,
    clipped,
    divergence,
    perception,
    viewTerm,
  }: SeenToken): void {
    if (this.#isIdle) return;
    this.#tokens++;
    this.#completionTokens++;
    this.#completionAdvantages += advantage;
    this.#completionMagnitudes += Math.abs(advantage);
    if (weight !== 0) {
      const logged = Math.min(ratio, MOST_LOGGED);
      this.#ratios += logged;
      this.#ratioTokens++;
      this.#ratioMin = Math.min(this.#ratioMin, logged);
      this.#ratioMax = Math.max(this.#ratioMax, logged);
    }
    this.#clipped[clipped]++;
    if (correction !== undefined) {
      this.#corrected++;
      this.#corrections += correction.factor;
      if (correction.isBeyond) this.#beyond++;
    }
    if (divergence !== undefined) {
      this.#divergences += Math.min(divergence, MOST_LOGGED);
      this.#divergenceTokens++;
    }
    if (perception != null) {
      this.#perceptions += Math.min(perception, MOST_LOGGED);
      this.#perceptionTokens++;
    }
    if (viewTerm != null) {
      this.#viewTerms += viewTerm;
      this.#viewTermTokens++;
    }
    const held = Math.min(Math.max(weight, -MOST_LOGGED), MOST_LOGGED);
    this.#weights += held;
    this.#weightMax = Math.max(this.#weightMax, held);
    this.#completionWeights += held;
    this.#completionSquares += held * held;
  }

  completionEnd(): void {
    if (this.#completionTokens > 0) {
      this.#advantages += this.#completionAdvantages / this.#completionTokens;
      this.#magnitudes += this.#completionMagnitudes / this.#completionTokens;
      this.#withTokens++;
    }
    this.#completionTokens = 0;
    this.#completionAdvantages = 0;
    this.#completionMagnitudes = 0;
    if (this.#completionSquares > 0) {
      this.#effective += this.#completionWeights ** 2 / this.#completionSquares;
      this.#counted++;
    }
    this.#completionWeights = 0;
    this.#completionSquares = 0;
  }

  /** Of how many completions, tokens or ratios each mean is. */
  #counts(): MetricCounts {
    return {
      advantages: this.#withTokens,
      ratios: this.#ratioTokens,
      divergences: this.#divergenceTokens,
      perceptions: this.#perceptionTokens,
      viewTerms: this.#viewTermTokens,
      corrections: this.#corrected,
      credited: this.#counted,
    };
  }

  summary(
    parts: { value?: ValueMetrics | undefined; pair?: PairMetrics | undefined } = {},
  ): ObjectiveMetrics {
    const none = this.#tokens === 0;
    const noRatio = this.#ratioTokens === 0;
    return {
      groups: this.#groups,
      groupsWithoutSpread: shareOf(this.#groupsWithoutSpread, this.#groups),
      completions: this.#completions,
      unscorable: this.#completions - this.#scorable,
      tokens: this.#tokens,
      rewardMean: shareOf(this.#rewards, this.#scorable),
      advantageMean: shareOf(this.#advantages, this.#withTokens),
      advantageMagnitude: shareOf(this.#magnitudes, this.#withTokens),
      ratioMean: noRatio ? 1 : this.#ratios / this.#ratioTokens,
      ratioMin: noRatio ? 1 : this.#ratioMin,
      ratioMax: noRatio ? 1 : this.#ratioMax,
      clipLowShare: shareOf(this.#clipped.low, this.#tokens),
      clipHighShare: shareOf(this.#clipped.high, this.#tokens),
      clipDualShare: shareOf(this.#clipped.dual, this.#tokens),
      kl: shareOf(this.#divergences, this.#divergenceTokens),
      perceptionKl: shareOf(this.#perceptions, this.#perceptionTokens),
      viewTerm: shareOf(this.#viewTerms, this.#viewTermTokens),
      weightMean: none ? 1 : this.#weights / this.#tokens,
      weightMax: none ? 1 : this.#weightMax,
      effectiveTokens: shareOf(this.#effective, this.#counted),
      counts: this.#counts(),
      ...(this.#corrected > 0 && {
        correction: {
          mean: this.#corrections / this.#corrected,
          beyondShare: this.#beyond / this.#corrected,
        },
      }),
      ...(parts.value && { value: parts.value }),
      ...(parts.pair && { pair: parts.pair }),
    };
  }
}
