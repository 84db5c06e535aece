/**
 * @module
 * AT-RL's reduction of a Gram matrix before importance: clusters of tokens with similar attention, and the cosines that
 * refinement and expansion read. It has O(T) numbers, so that a remote engine need not send T². This is the reference
 * in double precision.
 */
import { requireObject } from "../math/check.ts";
import { decimalQuotient } from "../math/decimal.ts";
import { numberIn, type Read, readOptions, SEED, wholeIn } from "../math/options.ts";
import type { CalibratedAttention } from "./calibrated-gram.ts";
import { checkGram } from "./check-gram.ts";
import { checkSignals } from "./check-signals.ts";
import { NearestLists, NO_NEIGHBOUR } from "./nearest-tokens.ts";
import { partitionMatrix } from "./partition/partition.ts";
import { matrixOfCosines, type RowCosines, rowCosines } from "./similarity-graph.ts";

/** AT-RL's clusters of one completion, arXiv:2602.11455, Eqs. 7, 8, 13 and 15. */
export interface TokenClusters {
  /** `[T]` Σ of Ã over image keys. */
  readonly connectivity: Float64Array;
  /** `[T]` cluster of each token, numbered by first appearance. */
  readonly clusters: Float64Array;
  /** `[T]` cosine of each token's row with the centroid of its cluster. */
  readonly centroidCosine: Float64Array;
  /** `[T × R]` the tokens of highest cosine, nearest first; −1 where there are fewer than R. */
  readonly neighbours: Float64Array;
  /** `[T × R]` their cosines. */
  readonly neighbourCosines: Float64Array;
}

/** Far beyond any use, and the lists fit into memory. */
export const MOST_NEIGHBOURS = 65_536;

export interface ClusterOptions {
  /** τ_sim: tokens are joined where their cosine exceeds it. Default 0.7. */
  readonly similarityThreshold?: number | undefined;
  /** Tokens per cluster: K = max(2, ⌊T / clusterSize⌋). Default 10. */
  readonly clusterSize?: number | undefined;
  /** R, neighbours of each token. Default 4. */
  readonly neighbours?: number | undefined;
  /** Seed of the partitioner. Default 0. */
  readonly seed?: number | undefined;
}

/** R, with its default. */
export const NEIGHBOURS = wholeIn(0, MOST_NEIGHBOURS, 4);

/** The options of clusters, with their defaults. */
export const CLUSTER_OPTIONS = {
  similarityThreshold: numberIn(0, 1, 0.7),
  clusterSize: numberIn(1, Infinity, 10),
  seed: SEED,
};

const OPTIONS = { ...CLUSTER_OPTIONS, neighbours: NEIGHBOURS };

/** The options, none absent. */
export type AllClusterOptions = Read<typeof OPTIONS>;

type Attention = Pick<CalibratedAttention, "connectivity"> & { readonly gram: ArrayLike<number> };

/**
 * Reduces the calibrated attention of one completion.
 *
 * @throws ConfigError when an option is unknown, or the seed no integer
 * @throws ShapeError when lengths differ
 * @throws NumericError when a connectivity, an inner product or an option is NaN, infinite or out of range
 */
export function tokenClusters(attention: Attention, options: ClusterOptions = {}): TokenClusters {
  const known = readOptions(options, OPTIONS);
  requireObject("attention", attention);
  const { connectivity, gram } = attention;
  const tokens = checkSignals({ connectivity: ["mass", connectivity] }, undefined);
  checkGram(gram, tokens, Array.from(connectivity.keys()));
  return reduced(connectivity, gram, known);
}

/** The clusters that a request asks for, of attention that an engine computed, which needs no check. */
export function requestedClusters(
  { connectivity, gram }: Attention,
  request: AllClusterOptions,
): TokenClusters {
  return reduced(connectivity, gram, request);
}

function reduced(
  connectivity: ArrayLike<number>,
  gram: ArrayLike<number>,
  known: AllClusterOptions,
): TokenClusters {
  const tokens = connectivity.length;
  const cosines = rowCosines(gram, tokens);
  const nearest = new NearestLists(tokens, Math.min(known.neighbours, Math.max(0, tokens - 1)));
  const clusters = clustersOf(cosines, known, nearest);
  return {
    connectivity: Float64Array.from(connectivity),
    clusters: Float64Array.from(clusters),
    centroidCosine: centroidCosines(clusters, (s, t) => cosines.product(s, t)),
    ...widened(nearest, tokens, known.neighbours),
  };
}

/** Lists of R each, where there are fewer tokens too. */
function widened(
  { width, tokens: nearest, cosines }: NearestLists,
  tokens: number,
  count: number,
): Pick<TokenClusters, "neighbours" | "neighbourCosines"> {
  if (width === count) return { neighbours: Float64Array.from(nearest), neighbourCosines: cosines };
  const neighbours = new Float64Array(tokens * count).fill(NO_NEIGHBOUR);
  const neighbourCosines = new Float64Array(tokens * count);
  for (let t = 0; t < tokens; t++) {
    neighbours.set(nearest.subarray(t * width, (t + 1) * width), t * count);
    neighbourCosines.set(cosines.subarray(t * width, (t + 1) * width), t * count);
  }
  return { neighbours, neighbourCosines };
}

/** The options of clusters, none absent. */
export type PartitionedBy = { readonly [K in keyof typeof CLUSTER_OPTIONS]: number };

/**
 * Clusters of least edge cut, numbered by first appearance, so that no label of the partitioner shows.
 *
 * @param nearest takes the nearest tokens of each
 * @returns `[n]`
 */
export function clustersOf(
  cosines: RowCosines,
  { clusterSize, similarityThreshold, seed }: PartitionedBy,
  nearest: NearestLists,
): Int32Array {
  const graph = matrixOfCosines(cosines, { threshold: similarityThreshold }, nearest);
  const parts = cosines.rows < 2 ? 1 : Math.max(2, decimalQuotient(cosines.rows, clusterSize));
  return renumbered(partitionMatrix(graph, parts, seed));
}

/** Numbers by first appearance. */
export function renumbered(clusters: Int32Array): Int32Array {
  const names = new Map<number, number>();
  return clusters.map((cluster) => {
    const name = names.get(cluster) ?? names.size;
    names.set(cluster, name);
    return name;
  });
}

/**
 * Cosine of each row with the centroid of its cluster.
 *
 *     c_k = mean of Ãₜ over cluster k                        Eq. 13
 *
 * It needs inner products only: Σ_{s∈k} ⟨Ãₜ, Ãₛ⟩ / (‖Ãₜ‖·‖Σ_{s∈k} Ãₛ‖); 0 where either is nothing.
 *
 * @param clusters `[n]`
 * @param gram inner product of two rows
 * @returns `[n]`
 */
export function centroidCosines(clusters: Int32Array, gram: (s: number, t: number) => number): Float64Array {
  const members = new Map<number, number[]>();
  for (const [t, cluster] of clusters.entries()) {
    const list = members.get(cluster);
    if (list) list.push(t);
    else members.set(cluster, [t]);
  }
  const cosines = new Float64Array(clusters.length);
  for (const list of members.values()) {
    const alongSum = list.map((t) => list.reduce((sum, s) => sum + gram(s, t), 0));
    const length = Math.sqrt(alongSum.reduce((sum, along) => sum + along, 0));
    for (const [i, t] of list.entries()) {
      const product = Math.sqrt(gram(t, t)) * length;
      cosines[t] = product > 0 ? alongSum[i]! / product : 0;
    }
  }
  return cosines;
}
