/**
 * @module
 * AT-RL (arXiv:2602.11455): tokens that attend alike form clusters, and a cluster carries the share of the advantage
 * that it has of the completion's attention to the image. Read `importance` for φ, then this; the graph is in
 * `similarity-graph`, its partition in `partition/`.
 */
import { Rng } from "../../../math/index.ts";
import { numberIn, oneOf, readOptions, step } from "../../../math/options.ts";
import type { CalibratedAttention } from "../../calibrated-gram.ts";
import { checkSignals, counts, requireInput } from "../../check-signals.ts";
import { meanOne } from "../../mean-one.ts";
import { CLUSTER_OPTIONS, type ClusterOptions, type TokenClusters } from "../../token-clusters.ts";
import { topShare } from "../../top-share.ts";
import {
  EXPANSION,
  type ExpansionOptions,
  expanded,
  REFINEMENT,
  type RefinementOptions,
  refined,
} from "./importance.ts";
import { structureOf, type TokenStructure } from "./structure.ts";

/** Calibrated attention of one completion, or what an engine made of it, and which of its tokens count. */
export type AtRlInput = (CalibratedAttention | TokenClusters) & {
  /** `[T]` 1 where the token counts; all count when absent. */
  readonly mask?: ArrayLike<number> | undefined;
};

export interface AtRlOptions extends Omit<ClusterOptions, "neighbours"> {
  /** `"paper"` (default): a cluster's share as printed; `"mean-one"`: divided by the mean over tokens. */
  readonly scale?: "paper" | "mean-one" | undefined;
  /** The basis of the weights; all except the first are ablations. Default `"clusters"`. */
  readonly weighting?: AtRlWeighting | undefined;
  /** `"top-share"` only: share of tokens that keep the advantage. Default 0.15. */
  readonly tokenShare?: number | undefined;
  /** Centroid-based denoising, Eqs. 13 and 14; default true. */
  readonly refinement?: boolean | RefinementOptions | undefined;
  /** Neighbourhood expansion, Eq. 15; default true. */
  readonly expansion?: boolean | ExpansionOptions | undefined;
}

/**
 * - `clusters`: the method.
 * - `tokens`: no grouping, each token its own share Cₜ / ΣC.
 * - `top-share`: hard truncation, 1 for the tokens of highest C, 0 for the rest.
 * - `random`: the method's weights, randomly permuted among the tokens.
 * - `reverse`: the method's weights in reverse order, the highest weight to the token with the lowest.
 */
export const AT_RL_WEIGHTINGS = ["clusters", "tokens", "top-share", "random", "reverse"] as const;

/** The basis of the weights. */
export type AtRlWeighting = (typeof AT_RL_WEIGHTINGS)[number];

const OPTIONS = {
  ...CLUSTER_OPTIONS,
  scale: oneOf(["paper", "mean-one"], "paper"),
  weighting: oneOf(AT_RL_WEIGHTINGS, "clusters"),
  tokenShare: numberIn(0, 1, 0.15),
  refinement: step(REFINEMENT),
  expansion: step(EXPANSION),
};

export interface AtRlCredit {
  /** `[T]` what multiplies the advantage; 0 at masked tokens. */
  readonly weights: Float64Array;
  /** `[T]` cluster of each token, numbered by first appearance; −1 at masked tokens. */
  readonly clusters: Int32Array;
  /** `[T]` φ in [0, 1] after refinement and expansion; 0 at masked tokens. */
  readonly importance: Float64Array;
  /** Present if no token attends to an image: weights are then uniform. */
  readonly lacksVisualMass?: true;
}

/**
 * Token weights of one completion.
 *
 *     graph     edges where cos(Ãₛ, Ãₜ) > τ_sim                             Eq. 8
 *     clusters  K = max(2, ⌊T/10⌋) parts of least edge cut; 1 when T < 2     8.6
 *     φₜ        = Cₜ / max C, refined (Eq. 14) and expanded (Eq. 15)
 *     W(k)      = Σ_{t∈k} φₜ / Σ φ                                           Eq. 9
 *     weight    = W(cluster of t)                                            Eq. 10
 *
 * Source: AT-RL, arXiv:2602.11455. With refinement and expansion off this is exactly Eq. 9, since the factor max C
 * cancels. The paper's weights sum to 1 over clusters, so their mean over tokens is about 1/K; `scale: "mean-one"`
 * divides that out. Masked tokens get weight 0 and cluster −1, and nothing of them is read.
 *
 * Where no token attends to an image, or refinement leaves no importance, every weight is 1/K, or 1 with `"mean-one"`:
 * the weight that tokens of equal connectivity in clusters of equal size would get. (With `"top-share"` it is that
 * share, which is the mean of its weights in all other cases.)
 *
 * @param input `connectivity` `[T]`; `gram` `[T × T]`, or the clusters that an engine found among all tokens, for which options
 *   of the clusters do not count here; `mask` `[T]`
 * @param rng used only by `weighting: "random"`
 * @throws ConfigError when an option is unknown, the scale or the weighting another, or the seed no integer
 * @throws ShapeError when lengths differ
 * @throws NumericError when a connectivity, an inner product or an option is NaN, infinite or out of range
 * @example
 * // Two pairs of tokens that attend alike, the first to the image.
 * atRl({
 *   connectivity: Float64Array.of(0.6, 0.3, 0.1, 0),
 *   gram: Float64Array.of(1, 0.9, 0, 0, 0.9, 1, 0, 0, 0, 0, 1, 0.9, 0, 0, 0.9, 1),
 * }, { refinement: false, expansion: false }).weights; // [0.9, 0.9, 0.1, 0.1]
 */
export function atRl(input: AtRlInput, options: AtRlOptions = {}, rng: Rng = new Rng(0)): AtRlCredit {
  const known = readOptions(options, OPTIONS);
  const { scale, weighting, tokenShare, expansion } = known;
  requireInput(input);
  const tokens = checkSignals({ connectivity: ["mass", input.connectivity] }, input.mask);
  const counted: number[] = [];
  for (let t = 0; t < tokens; t++) if (counts(input.mask, t)) counted.push(t);
  const structure = structureOf(input, counted, known, expansion ? expansion.neighbours : 0);
  const connectivity = Float64Array.from(counted, (t) => input.connectivity[t]!);
  const greatest = connectivity.reduce((most, value) => Math.max(most, value), 0);
  const clusters = weighting === "tokens" ? connectivity.map((_, t) => t) : structure.clusters();
  let importance: Float64Array = connectivity.map((value) => (greatest > 0 ? value / greatest : 0));
  const isStructured = greatest > 0 && weighting !== "tokens" && weighting !== "top-share";
  if (isStructured) importance = structured(importance, structure, known);
  let weights: Float64Array;
  if (importance.every((value) => value === 0)) {
    const even = weighting === "top-share" ? tokenShare : 1 / Math.max(1, new Set(clusters).size);
    weights = new Float64Array(counted.length).fill(even);
  } else if (weighting === "top-share") {
    weights = topShare(importance, tokenShare);
  } else {
    weights = arrangements[weighting](clusterShares(importance, clusters), rng);
  }
  if (scale === "mean-one") weights = meanOne(weights);
  return {
    weights: spread(weights, counted, new Float64Array(tokens)),
    clusters: spread(clusters, counted, new Int32Array(tokens).fill(-1)),
    importance: spread(importance, counted, new Float64Array(tokens)),
    ...(greatest === 0 && counted.length > 0 && { lacksVisualMass: true }),
  };
}

const arrangements: Readonly<
  Record<Exclude<AtRlWeighting, "top-share">, (weights: Float64Array, rng: Rng) => Float64Array>
> = {
  clusters: (weights) => weights,
  tokens: (weights) => weights,
  random: (weights, rng) => rng.shuffle(weights.slice()),
  reverse: reversed,
};

/**
 * W of each token's cluster.
 *
 *     W(k) = Σ_{t∈k} φₜ / Σ φ                  Eq. 9
 *
 * @param importance `[n]` ≥ 0, not all 0
 * @param clusters `[n]` ≥ 0
 */
export function clusterShares(importance: Float64Array, clusters: Int32Array | Float64Array): Float64Array {
  const sums = new Float64Array(clusters.length);
  let total = 0;
  for (const [t, cluster] of clusters.entries()) {
    sums[cluster]! += importance[t]!;
    total += importance[t]!;
  }
  return Float64Array.from(clusters, (cluster) => sums[cluster]! / total);
}

/** φ after refinement and expansion, as far as they are on. */
export function structured(
  importance: Float64Array,
  { centroidCosines, nearest }: Pick<TokenStructure, "centroidCosines" | "nearest">,
  { refinement = true, expansion = true }: Pick<AtRlOptions, "refinement" | "expansion">,
): Float64Array {
  let result = importance;
  if (refinement) result = refined(result, centroidCosines(), refinement === true ? {} : refinement);
  if (expansion) result = expanded(result, nearest, expansion === true ? {} : expansion);
  return result;
}

/**
 * Reverses the order of the weights: the token of rank r gets the weight of rank T + 1 − r, and the sum is unchanged.
 * Tokens of equal weight share the mean of their new weights, so the order among them does not matter.
 */
function reversed(weights: Float64Array): Float64Array {
  const order = Array.from(weights, (_, t) => t).sort((a, b) => weights[a]! - weights[b]!);
  const result = new Float64Array(weights.length);
  for (let start = 0; start < order.length; ) {
    let end = start;
    let sum = 0;
    while (end < order.length && weights[order[end]!] === weights[order[start]!]) {
      sum += weights[order[order.length - 1 - end]!]!;
      end++;
    }
    for (let i = start; i < end; i++) result[order[i]!] = sum / (end - start);
    start = end;
  }
  return result;
}

/** Values of the tokens that count, scattered back to their places. */
function spread<A extends Float64Array | Int32Array>(
  values: ArrayLike<number>,
  counted: readonly number[],
  into: A,
): A {
  for (const [i, t] of counted.entries()) into[t] = values[i]!;
  return into;
}
