/**
 * @module
 * Graphs in which most pairs are joined, as a square of weights: rows are read in order, and no edge needs its
 * neighbour's name.
 */
import { type PartitionGraph, twice, type WeightedGraph, withoutTwin, withUnitWeights } from "./csr-graph.ts";

/** Side of the squares in which both halves of a matrix are read or written. */
export const BLOCK = 64;
/** Weights below it are kept in 16 bits: half the memory to read. */
const SHORT = 2 ** 16 - 1;

export type EdgeWeights = Uint16Array | Int32Array;

/** Room for n × n weights, none of them greater than `heaviest`. */
export function squareOfWeights(vertices: number, heaviest: number): EdgeWeights {
  return heaviest < SHORT ? new Uint16Array(vertices * vertices) : new Int32Array(vertices * vertices);
}

/** An undirected graph with vertices of weight 1. */
export interface EdgeMatrix {
  readonly vertices: number;
  /** `[n × n]` symmetric, 0 where there is no edge and on the diagonal. */
  readonly weights: EdgeWeights;
  /** How many of them are not 0: twice the number of edges. */
  readonly entries: number;
  /** No weight is greater. */
  readonly heaviest: number;
}

/**
 * The matrix of a graph; the order in which a row lists its neighbours does not show.
 *
 * @param graph that `checkRows` has passed
 * @param heaviest its greatest weight
 * @throws ShapeError when a neighbour occurs twice in a row or an edge lacks its twin
 */
export function checkedMatrix(
  { xadj, adjacency, edgeWeights }: PartitionGraph,
  heaviest: number,
): EdgeMatrix {
  const vertices = xadj.length - 1;
  const weights = squareOfWeights(vertices, heaviest);
  /** No edge, where an edge may weigh nothing. */
  const none = weights instanceof Uint16Array ? SHORT : -1;
  weights.fill(none);
  for (let v = 0; v < vertices; v++) {
    const row = v * vertices;
    for (let e = xadj[v]!; e < xadj[v + 1]!; e++) {
      const at = row + adjacency[e]!;
      if (weights[at] !== none) throw twice(v, adjacency[e]!);
      weights[at] = edgeWeights[e]!;
    }
  }
  checkSymmetry(weights, vertices, none);
  for (let at = 0; at < weights.length; at++) if (weights[at] === none) weights[at] = 0;
  return { vertices, weights, entries: adjacency.length, heaviest };
}

/** Square by square, so that columns stay in the cache. */
function checkSymmetry(weights: EdgeWeights, vertices: number, none: number): void {
  for (let from = 0; from < vertices; from += BLOCK) {
    for (let to = from; to < vertices; to += BLOCK) {
      for (let v = from; v < Math.min(from + BLOCK, vertices); v++) {
        for (let u = Math.max(to, v + 1); u < Math.min(to + BLOCK, vertices); u++) {
          const one = weights[v * vertices + u]!;
          const other = weights[u * vertices + v]!;
          if (one !== other) throw one === none ? withoutTwin(u, v, other) : withoutTwin(v, u, one);
        }
      }
    }
  }
}

/** Rows in rising order of neighbour, with the matrix's entries and no others. */
export function graphOfMatrix(matrix: EdgeMatrix): WeightedGraph {
  return withUnitWeights(rowsOfMatrix(matrix));
}

/** Rows in rising order of neighbour. */
export function rowsOfMatrix({ vertices, weights, entries }: EdgeMatrix): PartitionGraph {
  const xadj = new Int32Array(vertices + 1);
  const adjacency = new Int32Array(entries);
  const edgeWeights = new Int32Array(entries);
  let at = 0;
  for (let v = 0; v < vertices; v++) {
    const row = v * vertices;
    for (let u = 0; u < vertices; u++) {
      const weight = weights[row + u]!;
      if (weight === 0) continue;
      adjacency[at] = u;
      edgeWeights[at++] = weight;
    }
    xadj[v + 1] = at;
  }
  return { xadj, adjacency, edgeWeights };
}
