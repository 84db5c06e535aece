/**
 * @module
 * AT-RL's reduction of a Gram matrix before importance: clusters of tokens with similar attention, and the cosines that
 * refinement and expansion read. It has O(T) numbers, so that a remote engine need not send T². This is the reference
 * in double precision.
 */
import { NumericError } from "../errors/index.ts";
import { decimalQuotient } from "../math/decimal.ts";
import type { CalibratedAttention } from "./calibrated-gram.ts";
import { checkOption } from "./check-signals.ts";
import { NearestLists } from "./nearest-tokens.ts";
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
const MOST_NEIGHBOURS = 65_536;

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

/**
 * Reduces the calibrated attention of one completion.
 *
 * @throws ShapeError when lengths differ
 * @throws NumericError when an inner product or an option is NaN, infinite or out of range
 */
export function tokenClusters(
  { connectivity, gram }: Pick<CalibratedAttention, "connectivity"> & { readonly gram: ArrayLike<number> },
  options: ClusterOptions = {},
): TokenClusters {
  const { neighbours: count = 4 } = options;
  if (!(Number.isInteger(count) && count >= 0 && count <= MOST_NEIGHBOURS)) {
    throw new NumericError(`neighbours: expected an integer in [0, ${MOST_NEIGHBOURS}], got ${count}`);
  }
  const tokens = connectivity.length;
  const cosines = rowCosines(gram, tokens);
  const nearest = new NearestLists(tokens, count);
  const clusters = clustersOf(cosines, options, nearest);
  return {
    connectivity,
    clusters: Float64Array.from(clusters),
    centroidCosine: centroidCosines(clusters, (s, t) => cosines.product(s, t)),
    neighbours: Float64Array.from(nearest.tokens),
    neighbourCosines: nearest.cosines,
  };
}

/**
 * Clusters of least edge cut, numbered by first appearance, so that no label of the partitioner shows.
 *
 * @param nearest takes the nearest tokens of each
 * @returns `[n]`
 */
export function clustersOf(
  cosines: RowCosines,
  { clusterSize = 10, similarityThreshold = 0.7, seed = 0 }: ClusterOptions,
  nearest: NearestLists,
): Int32Array {
  checkOption("clusterSize", clusterSize, 1, Infinity);
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
