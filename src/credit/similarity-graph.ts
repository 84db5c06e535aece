/**
 * @module
 * Which tokens of a completion attend alike: AT-RL's graph, made of the Gram matrix of attention rows.
 */
import { NumericError, ShapeError } from "../errors/index.ts";
import { checkOption } from "./check-signals.ts";
import type { PartitionGraph } from "./partition/csr-graph.ts";

export interface SimilarityGraphOptions {
  /** τ_sim: tokens are joined where their cosine exceeds it. Default 0.7. */
  readonly threshold?: number;
  /** What a cosine of 1 weighs; weights are rounded to integers. Default 1000. */
  readonly weightScale?: number;
}

/** Cosines of attention rows, from their inner products. */
export interface RowCosines {
  readonly rows: number;
  /** In [0, 1]; 0 where either row is nothing but zeros. */
  readonly of: (s: number, t: number) => number;
  /** Inner product. */
  readonly product: (s: number, t: number) => number;
}

/**
 * Cosines between some of the rows of a Gram matrix. Only entries on and above the diagonal are read, so rounding that
 * leaves the matrix slightly asymmetric cannot matter.
 *
 * @param gram `[T × T]`
 * @param tokens T
 * @param chosen the rows to compare, rising; all when absent. Others may hold anything.
 * @throws ShapeError when the matrix is not T × T
 * @throws NumericError when an entry between chosen rows is NaN, infinite or negative
 */
export function rowCosines(
  gram: ArrayLike<number>,
  tokens: number,
  chosen: ArrayLike<number> = Array.from({ length: tokens }, (_, t) => t),
): RowCosines {
  if (gram.length !== tokens * tokens) {
    throw new ShapeError(
      `gram: expected ${tokens} × ${tokens} = ${tokens * tokens} numbers, got ${gram.length}`,
    );
  }
  const rows = chosen.length;
  const inverse = new Float64Array(rows);
  for (let s = 0; s < rows; s++) {
    for (let t = s; t < rows; t++) {
      const value = gram[chosen[s]! * tokens + chosen[t]!]!;
      if (!(value >= 0 && value < Infinity)) {
        throw new NumericError(
          `gram: expected a finite number ≥ 0, got ${value} (row ${chosen[s]}, column ${chosen[t]})`,
        );
      }
    }
    const length = Math.sqrt(gram[chosen[s]! * tokens + chosen[s]!]!);
    inverse[s] = length > 0 ? 1 / length : 0;
  }
  const product = (s: number, t: number) =>
    s < t ? gram[chosen[s]! * tokens + chosen[t]!]! : gram[chosen[t]! * tokens + chosen[s]!]!;
  return { rows, product, of: (s, t) => Math.min(1, product(s, t) * inverse[s]! * inverse[t]!) };
}

/**
 * The graph whose vertices are tokens and whose edges join tokens that attend alike.
 *
 *     wₛₜ = cos(Ãₛ, Ãₜ),   an edge where wₛₜ > τ_sim            Eq. 8
 *
 * Source: AT-RL, arXiv:2602.11455. Partitioners take integer weights: an edge weighs round(1000·w), at least 1. Three
 * digits are about what attention in single precision holds. A row of zeros has no edges.
 *
 * @param gram `[T × T]` inner products ⟨Ãₛ, Ãₜ⟩
 * @param tokens T
 * @returns rows in rising order of neighbour
 * @throws ShapeError when the matrix is not T × T
 * @throws NumericError when an entry is NaN, infinite or negative, or an option is out of range
 * @example
 * similarityGraph([1, 0.8, 0, 0.8, 1, 0, 0, 0, 1], 3).edgeWeights; // [800, 800]
 */
export function similarityGraph(
  gram: ArrayLike<number>,
  tokens: number,
  options: SimilarityGraphOptions = {},
): PartitionGraph {
  return graphOfCosines(rowCosines(gram, tokens), options);
}

export function graphOfCosines(
  cosines: RowCosines,
  { threshold = 0.7, weightScale = 1000 }: SimilarityGraphOptions = {},
): PartitionGraph {
  checkOption("threshold", threshold, 0, 1);
  checkOption("weightScale", weightScale, 1, 1e6);
  const xadj = new Int32Array(cosines.rows + 1);
  const adjacency: number[] = [];
  const edgeWeights: number[] = [];
  for (let s = 0; s < cosines.rows; s++) {
    for (let t = 0; t < cosines.rows; t++) {
      if (s === t) continue;
      const cosine = cosines.of(s, t);
      if (!(cosine > threshold)) continue;
      adjacency.push(t);
      edgeWeights.push(Math.max(1, Math.round(weightScale * cosine)));
    }
    xadj[s + 1] = adjacency.length;
  }
  return { xadj, adjacency: Int32Array.from(adjacency), edgeWeights: Int32Array.from(edgeWeights) };
}
