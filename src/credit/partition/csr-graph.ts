/**
 * @module
 * Graphs in compressed sparse rows: what the caller hands over, what the partitioner works on, and the check between
 * the two.
 */
import { ShapeError } from "../../errors/index.ts";

/** An undirected graph; vertex v's neighbours are entries `xadj[v]` … `xadj[v + 1] − 1` of the other two arrays. */
export interface PartitionGraph {
  /** `[n + 1]`, rising from 0; empty for a graph without vertices. */
  readonly xadj: Int32Array;
  /** `[2m]`; every edge is in the rows of both its ends. */
  readonly adjacency: Int32Array;
  /** `[2m]` ≥ 0, the same in both rows. */
  readonly edgeWeights: Int32Array;
}

/** The same with vertex weights, for a coarser graph whose vertices represent several vertices. */
export interface WeightedGraph {
  readonly vertices: number;
  readonly xadj: Int32Array;
  readonly adjacency: Int32Array;
  /** In doubles: sums of 32-bit weights must not overflow. */
  readonly edgeWeights: Float64Array;
  readonly vertexWeights: Int32Array;
}

/**
 * The graph with rows in rising order of neighbour and vertices of weight 1, so that the order in which a caller
 * lists neighbours cannot matter.
 *
 * @param graph that `checkRows` has passed
 * @throws ShapeError when a neighbour occurs twice in a row or an edge lacks its twin
 */
export function checkedGraph(graph: PartitionGraph): WeightedGraph {
  const { xadj, adjacency, edgeWeights } = isSorted(graph) ? graph : transposed(transposed(graph));
  checkSymmetry({ xadj, adjacency, edgeWeights });
  return withUnitWeights({ xadj, adjacency, edgeWeights });
}

/** A sound graph, rows in rising order of neighbour, as the partitioner works on it. */
export function withUnitWeights({ xadj, adjacency, edgeWeights }: PartitionGraph): WeightedGraph {
  const vertices = Math.max(xadj.length - 1, 0);
  return {
    vertices,
    xadj,
    adjacency,
    edgeWeights: new Float64Array(edgeWeights),
    vertexWeights: new Int32Array(vertices).fill(1),
  };
}

/**
 * @throws ShapeError when rows do not fit the arrays, a neighbour does not exist or is the vertex itself, or a weight is
 *   negative or not whole
 */
export function checkRows({ xadj, adjacency, edgeWeights }: PartitionGraph): void {
  const vertices = Math.max(xadj.length - 1, 0);
  const entries = adjacency.length;
  if (edgeWeights.length !== entries) {
    throw new ShapeError(`edgeWeights: expected shape [${entries}], got [${edgeWeights.length}]`);
  }
  if (vertices === 0 && entries > 0) {
    throw new ShapeError(`adjacency: expected no entries without vertices, got ${entries}`);
  }
  if (xadj.length > 0 && (xadj[0] !== 0 || xadj[vertices] !== entries)) {
    throw new ShapeError(`xadj: expected 0 … ${entries}, got ${xadj[0]} … ${xadj[vertices]}`);
  }
  for (let v = 0; v < vertices; v++) {
    if (!(Number.isInteger(xadj[v + 1]) && xadj[v + 1]! >= xadj[v]!)) {
      throw new ShapeError(`xadj[${v + 1}]: expected an integer ≥ ${xadj[v]}, got ${xadj[v + 1]}`);
    }
  }
  for (let v = 0; v < vertices; v++) {
    for (let e = xadj[v]!; e < xadj[v + 1]!; e++) {
      const u = adjacency[e]!;
      if (!(Number.isInteger(u) && u >= 0 && u < vertices) || u === v) {
        throw new ShapeError(`adjacency[${e}]: expected another vertex in 0 … ${vertices - 1}, got ${u}`);
      }
      if (!(Number.isInteger(edgeWeights[e]) && edgeWeights[e]! >= 0)) {
        throw new ShapeError(`edgeWeights[${e}]: expected a whole weight ≥ 0, got ${edgeWeights[e]}`);
      }
    }
  }
}

function isSorted({ xadj, adjacency }: PartitionGraph): boolean {
  for (let v = 0; v + 1 < xadj.length; v++) {
    for (let e = xadj[v]! + 1; e < xadj[v + 1]!; e++) if (adjacency[e]! < adjacency[e - 1]!) return false;
  }
  return true;
}

/** Rows come out sorted, since they are filled vertex by vertex. */
function transposed({ xadj, adjacency, edgeWeights }: PartitionGraph): PartitionGraph {
  const vertices = xadj.length - 1;
  const next = new Int32Array(vertices + 1);
  for (const u of adjacency) next[u + 1]!++;
  for (let v = 0; v < vertices; v++) next[v + 1]! += next[v]!;
  const rows = Int32Array.from(next);
  const other = new Int32Array(adjacency.length);
  const weights = new Int32Array(adjacency.length);
  for (let v = 0; v < vertices; v++) {
    for (let e = xadj[v]!; e < xadj[v + 1]!; e++) {
      const at = next[adjacency[e]!]!++;
      other[at] = v;
      weights[at] = edgeWeights[e]!;
    }
  }
  return { xadj: rows, adjacency: other, edgeWeights: weights };
}

/** In sorted rows the twin of each entry is the next unread entry of the other row. */
function checkSymmetry({ xadj, adjacency, edgeWeights }: PartitionGraph): void {
  const next = xadj.slice();
  for (let v = 0; v + 1 < xadj.length; v++) {
    for (let e = xadj[v]!; e < xadj[v + 1]!; e++) {
      const u = adjacency[e]!;
      if (e > xadj[v]! && adjacency[e - 1] === u) {
        throw twice(v, u);
      }
      const twin = next[u]!++;
      if (twin >= xadj[u + 1]! || adjacency[twin] !== v || edgeWeights[twin] !== edgeWeights[e]) {
        throw withoutTwin(v, u, edgeWeights[e]!);
      }
    }
  }
}

export const twice = (v: number, u: number) =>
  new ShapeError(`adjacency: expected each edge once, got ${v}–${u} twice`);

export const withoutTwin = (v: number, u: number, weight: number) =>
  new ShapeError(`adjacency: expected edge ${v}–${u} of weight ${weight} in both rows, got it in one only`);
