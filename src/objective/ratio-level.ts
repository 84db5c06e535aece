/**
 * @module
 * At which level importance ratios are taken. A level turns token log-ratios into one ratio per token, and carries
 * derivatives in those ratios back to the log-probs.
 */
import { countTokens, sequenceRatio, tokenRatio } from "../math/index.ts";

export interface RatioLevel {
  /** False where every token gets the same gradient, so that token weights act only through their mean. */
  readonly keepsTokenCredit: boolean;
  /** `[T]` ratio of each token; at masked tokens any number. */
  readonly ratios: (logRatios: ArrayLike<number>, mask: ArrayLike<number>) => Float64Array;
  /** `[T]` Σ_u upstream_u · ∂ρ_u/∂log π(oₜ), for upstream `[T]` that is 0 at masked tokens. */
  readonly pullback: (ratios: Float64Array, upstream: Float64Array, mask: ArrayLike<number>) => Float64Array;
}

/** ρₜ = exp ℓₜ, so ∂ρₜ/∂log π(oₜ) = ρₜ. */
export const tokenLevel: RatioLevel = {
  keepsTokenCredit: true,
  ratios: tokenRatio,
  pullback: (ratios, upstream) => upstream.map((slope, t) => (slope === 0 ? 0 : slope * ratios[t]!)),
};

/**
 * The sequence's ratio in value, each token's own in gradient.
 *
 *     ρₜ = sg[s] · πₜ / sg[πₜ],     ∂ρₜ/∂log π(oₜ) = s
 *
 * Source: GSPO-token, arXiv:2507.18071, section 4.3.
 */
export const sequenceTokenLevel: RatioLevel = {
  keepsTokenCredit: true,
  ratios: (logRatios, mask) => new Float64Array(logRatios.length).fill(sequenceRatio(logRatios, mask)),
  pullback: tokenLevel.pullback,
};

/**
 * One ratio for the whole sequence, with its full derivative.
 *
 *     ρₜ = s,     ∂s/∂log π(o_u) = s·m_u / Σm
 *
 * Source: GSPO, arXiv:2507.18071, eq. 7.
 */
export const sequenceLevel: RatioLevel = {
  keepsTokenCredit: false,
  ratios: sequenceTokenLevel.ratios,
  pullback: (ratios, upstream, mask) => {
    let slope = 0;
    for (const part of upstream) slope += part;
    const shared = slope === 0 ? 0 : (slope * ratios[0]!) / countTokens(mask);
    return upstream.map((_, t) => (mask[t] === 0 ? 0 : shared));
  },
};
