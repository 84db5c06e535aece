/**
 * @module
 * AT-RL's importance φ of a token: its connectivity, lowered for tokens that do not fit their cluster and raised for
 * neighbours of an anchor.
 */
import { factor, numberIn, readOptions } from "../../../math/options.ts";
import { type NearestTokens, NO_NEIGHBOUR } from "../../nearest-tokens.ts";
import { NEIGHBOURS } from "../../token-clusters.ts";
import { topShare } from "../../top-share.ts";

export interface RefinementOptions {
  /** τ_cen: tokens less like the centroid of their cluster lose importance. Default 0.75. */
  readonly threshold?: number;
  /** α, factor of their importance. Default 0.6. */
  readonly attenuation?: number;
}

export interface ExpansionOptions {
  /** q, share of tokens that count as anchors. Default 0.15. */
  readonly anchorShare?: number;
  /** R, neighbours of an anchor that may gain. Default 4. */
  readonly neighbours?: number;
  /** τ_nb, threshold of a neighbour's evidence. Default 0.65. */
  readonly threshold?: number;
  /** λ_sim. Default 0.5. */
  readonly similarityWeight?: number;
  /** λ_imp. Default 0.5. */
  readonly importanceWeight?: number;
}

/** The options of both steps, with their defaults. */
export const REFINEMENT = { threshold: numberIn(0, 1, 0.75), attenuation: numberIn(0, 1, 0.6) };
export const EXPANSION = {
  anchorShare: numberIn(0, 1, 0.15),
  neighbours: NEIGHBOURS,
  threshold: factor(0.65),
  similarityWeight: factor(0.5),
  importanceWeight: factor(0.5),
};

/**
 * Importance after tokens far from their cluster's centroid lost some.
 *
 *     φₜ ← α·φₜ   where cos(Ãₜ, c_k) < τ_cen                 Eq. 14
 *
 * @param importance `[n]` φ
 * @param centroidCosine `[n]` cos(Ãₜ, c_k)
 */
export function refined(
  importance: Float64Array,
  centroidCosine: ArrayLike<number>,
  options: RefinementOptions = {},
): Float64Array {
  const { threshold, attenuation } = readOptions(options, REFINEMENT, "refinement");
  return importance.map((value, t) => (centroidCosine[t]! < threshold ? value * attenuation : value));
}

/** The nearest tokens of chosen tokens, up to a number for each. */
export type Nearest = (tokens: readonly number[], count: number) => NearestTokens;

/**
 * Importance after anchors have passed some of theirs to the tokens that attend most like them.
 *
 *     t  in the top q by φ,  t′ among the R tokens of highest cos(Ãₜ, Ãₜ′)
 *     φₜ′ ← max(φₜ′, cos·φₜ)   where λ_sim·cos + λ_imp·φₜ′ > τ_nb        Eq. 15
 *
 * All anchors are taken at once, by the φ that went in. Of equal φ or cosines the earlier token goes first.
 *
 * @param importance `[n]` φ
 * @param nearest other tokens of highest cosine with each of the given tokens, whose φ rises
 */
export function expanded(
  importance: Float64Array,
  nearest: Nearest,
  options: ExpansionOptions = {},
): Float64Array {
  const known = readOptions(options, EXPANSION, "expansion");
  const { anchorShare, neighbours, threshold, similarityWeight, importanceWeight } = known;
  const raised = importance.slice();
  const isAnchor = topShare(importance, anchorShare);
  const anchors = Array.from(isAnchor.keys()).filter((token) => isAnchor[token] !== 0);
  const { width, tokens, cosines } = nearest(anchors, neighbours);
  for (const [i, token] of tokens.entries()) {
    if (token === NO_NEIGHBOUR) continue;
    const cosine = cosines[i]!;
    const evidence = similarityWeight * cosine + importanceWeight * importance[token]!;
    const passed = cosine * importance[anchors[Math.floor(i / width)]!]!;
    if (evidence > threshold) raised[token] = Math.max(raised[token]!, passed);
  }
  return raised;
}
