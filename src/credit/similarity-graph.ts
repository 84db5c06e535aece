/**
 * @module
 * Which tokens of a completion attend alike: AT-RL's graph, made of the Gram matrix of attention rows.
 */
import { ShapeError } from "../errors/index.ts";
import { requireArray, requireWhole } from "../math/check.ts";
import { numberIn, readOptions } from "../math/options.ts";
import { checkGram, noProduct } from "./check-gram.ts";
import { NearestLists } from "./nearest-tokens.ts";
import type { PartitionGraph } from "./partition/csr-graph.ts";
import { BLOCK, type EdgeMatrix, rowsOfMatrix, squareOfWeights } from "./partition/edge-matrix.ts";

export interface SimilarityGraphOptions {
  /** τ_sim: tokens are joined where their cosine exceeds it. Default 0.7. */
  readonly threshold?: number;
  /** Weight of a cosine of 1; weights are rounded to integers. Default 1000. */
  readonly weightScale?: number;
}

const OPTIONS = { threshold: numberIn(0, 1, 0.7), weightScale: numberIn(1, 1e6, 1000) };

/** Cosines of attention rows, from their inner products. */
export class RowCosines {
  readonly rows: number;
  readonly gram: ArrayLike<number>;
  /** `[rows]` where each row begins in `gram`. */
  readonly starts: Int32Array;
  /** `[rows]` column of each row. */
  readonly columns: Int32Array;
  /** `[rows]` one over the length of each row; 0 where the row is nothing but zeros. */
  readonly inverseLengths: Float64Array;

  constructor(gram: ArrayLike<number>, tokens: number, columns: Int32Array, inverseLengths: Float64Array) {
    this.rows = columns.length;
    this.gram = gram;
    this.columns = columns;
    this.starts = columns.map((column) => column * tokens);
    this.inverseLengths = inverseLengths;
  }

  /** Inner product. */
  product(s: number, t: number): number {
    return s < t
      ? this.gram[this.starts[s]! + this.columns[t]!]!
      : this.gram[this.starts[t]! + this.columns[s]!]!;
  }
}

/**
 * Cosines between some of the rows of a Gram matrix. Only entries on and above the diagonal are read, so rounding that
 * leaves the matrix slightly asymmetric cannot matter.
 *
 * @param gram `[T × T]`
 * @param tokens T
 * @param chosen the rows to compare, rising; all when absent. Rows not chosen may hold any values.
 * @throws ShapeError when the matrix is not T × T
 * @throws NumericError when an entry of the diagonal is NaN, infinite or negative; other entries are checked where
 *   they are read
 */
export function rowCosines(
  gram: ArrayLike<number>,
  tokens: number,
  chosen: ArrayLike<number> = Array.from({ length: tokens }, (_, t) => t),
): RowCosines {
  requireArray("gram", gram);
  requireWhole("tokens", tokens, 0);
  if (gram.length !== tokens * tokens) {
    throw new ShapeError(
      `gram: expected ${tokens} × ${tokens} = ${tokens * tokens} numbers, got ${gram.length}`,
    );
  }
  const places = Int32Array.from(chosen);
  const rows = places.length;
  const inverse = new Float64Array(rows);
  for (const [s, place] of places.entries()) {
    const square = gram[place * tokens + place]!;
    if (!(square >= 0 && square < Infinity)) throw noProduct(square, place, place);
    const length = Math.sqrt(square);
    inverse[s] = length > 0 ? 1 / length : 0;
  }
  return new RowCosines(gram, tokens, places, inverse);
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
 * @throws ConfigError when an option is unknown
 * @throws ShapeError when the matrix is not T × T
 * @throws NumericError when an entry is NaN, infinite or negative, the matrix not symmetric, or an option out of range
 * @example
 * similarityGraph([1, 0.8, 0, 0.8, 1, 0, 0, 0, 1], 3).edgeWeights; // [800, 800]
 */
export function similarityGraph(
  gram: ArrayLike<number>,
  tokens: number,
  options: SimilarityGraphOptions = {},
): PartitionGraph {
  const known = readOptions(options, OPTIONS);
  const cosines = rowCosines(gram, tokens);
  checkGram(
    gram,
    tokens,
    Array.from({ length: tokens }, (_, t) => t),
  );
  return rowsOfMatrix(matrixOfCosines(cosines, known));
}

/**
 * The same graph as a square of weights, and in the same pass over the pairs the nearest tokens of each.
 *
 * @param nearest takes them; of none unless given
 * @throws NumericError when an entry is NaN, infinite or negative
 */
export function matrixOfCosines(
  cosines: RowCosines,
  { threshold = 0.7, weightScale = 1000 }: SimilarityGraphOptions = {},
  nearest: NearestLists = new NearestLists(cosines.rows, 0),
): EdgeMatrix {
  const { rows, gram, starts, columns, inverseLengths } = cosines;
  const { worst } = nearest;
  const heaviest = Math.max(1, Math.round(weightScale));
  const weights = squareOfWeights(rows, heaviest);
  let pairs = 0;
  for (let from = 0; from < rows; from += BLOCK) {
    const lastRow = Math.min(from + BLOCK, rows);
    for (let to = from; to < rows; to += BLOCK) {
      const lastColumn = Math.min(to + BLOCK, rows);
      for (let s = from; s < lastRow; s++) {
        const start = starts[s]!;
        const scale = inverseLengths[s]!;
        for (let t = Math.max(to, s + 1); t < lastColumn; t++) {
          const product = gram[start + columns[t]!]!;
          if (!(product >= 0 && product < Infinity)) throw noProduct(product, columns[s]!, columns[t]!);
          const cosine = Math.min(1, product * scale * inverseLengths[t]!);
          if (cosine > worst[s]!) nearest.add(s, t, cosine);
          if (cosine > worst[t]!) nearest.add(t, s, cosine);
          if (!(cosine > threshold)) continue;
          const weight = Math.max(1, (weightScale * cosine + 0.5) | 0);
          weights[s * rows + t] = weight;
          weights[t * rows + s] = weight;
          pairs++;
        }
      }
    }
  }
  nearest.settle();
  return { vertices: rows, weights, entries: 2 * pairs, heaviest };
}
