/**
 * @module
 * From a graph to a smaller one of the same shape: vertices joined by heavy edges become one.
 */
import type { Rng } from "../../math/index.ts";
import type { WeightedGraph } from "./csr-graph.ts";

/** A graph and where its vertices went in the next smaller one. */
export interface Level {
  readonly graph: WeightedGraph;
  /** `[n]` vertex of the coarser graph. */
  readonly coarse: Int32Array;
}

export interface CoarsenOptions {
  /** Stop at this many vertices. */
  readonly until: number;
  /** No vertex of a coarser graph weighs more. */
  readonly maxVertexWeight: number;
  /** `[n]`; vertices of different parts are never joined. */
  readonly part?: Int32Array | undefined;
}

/**
 * Halves the graph again and again.
 *
 * @returns the levels from the finest on, and the coarsest graph with its parts
 */
export function coarsened(
  graph: WeightedGraph,
  options: CoarsenOptions,
  rng: Rng,
): { levels: Level[]; coarsest: WeightedGraph; part: Int32Array | undefined } {
  const levels: Level[] = [];
  let coarsest = graph;
  let part = options.part;
  while (coarsest.vertices > options.until) {
    const match = matching(coarsest, options.maxVertexWeight, part, rng);
    const { coarse, graph: smaller } = contracted(coarsest, match);
    if (smaller.vertices > 0.95 * coarsest.vertices) break;
    levels.push({ graph: coarsest, coarse });
    if (part) {
      const merged = new Int32Array(smaller.vertices);
      for (let v = 0; v < coarsest.vertices; v++) merged[coarse[v]!] = part[v]!;
      part = merged;
    }
    coarsest = smaller;
  }
  return { levels, coarsest, part };
}

/**
 * Heavy-edge matching: from the vertex of fewest neighbours on, each takes the free neighbour of the heaviest edge,
 * edge weight divided by the neighbour's weight. Vertices left over are then matched across a shared neighbour.
 *
 * @returns `[n]` the partner of each vertex, itself when it has none
 */
function matching(
  graph: WeightedGraph,
  maxVertexWeight: number,
  part: Int32Array | undefined,
  rng: Rng,
): Int32Array {
  const { vertices, xadj, adjacency, edgeWeights, vertexWeights } = graph;
  const match = new Int32Array(vertices).fill(-1);
  const may = (v: number, u: number) =>
    match[u] === -1 &&
    u !== v &&
    vertexWeights[v]! + vertexWeights[u]! <= maxVertexWeight &&
    (part === undefined || part[u] === part[v]);
  const order = byDegree(graph, rng);
  let free = vertices;
  for (const v of order) {
    if (match[v] !== -1) continue;
    let best = -1;
    let bestRating = -1;
    for (let e = xadj[v]!; e < xadj[v + 1]!; e++) {
      const u = adjacency[e]!;
      if (match[u] !== -1) continue;
      const rating = edgeWeights[e]! / vertexWeights[u]!;
      if (rating > bestRating && may(v, u)) {
        best = u;
        bestRating = rating;
      }
    }
    if (best === -1) continue;
    match[v] = best;
    match[best] = v;
    free -= 2;
  }
  if (free > 0.1 * vertices) {
    for (const hub of order) {
      let waiting = -1;
      for (let e = xadj[hub]!; e < xadj[hub + 1]!; e++) {
        const u = adjacency[e]!;
        if (match[u] !== -1) continue;
        if (waiting === -1 || !may(waiting, u)) waiting = u;
        else {
          match[waiting] = u;
          match[u] = waiting;
          waiting = -1;
        }
      }
    }
  }
  for (let v = 0; v < vertices; v++) if (match[v] === -1) match[v] = v;
  return match;
}

/** Vertices by rising number of neighbours, in random order among equals. */
function byDegree({ vertices, xadj }: WeightedGraph, rng: Rng): Int32Array {
  const drawn = new Int32Array(vertices);
  for (let v = 0; v < vertices; v++) drawn[v] = v;
  rng.shuffle(drawn);
  /** Where the next vertex of so many neighbours goes. */
  const next = new Int32Array(vertices + 1);
  for (let v = 0; v < vertices; v++) next[xadj[v + 1]! - xadj[v]! + 1]!++;
  for (let degree = 0; degree < vertices; degree++) next[degree + 1]! += next[degree]!;
  const order = new Int32Array(vertices);
  for (const v of drawn) order[next[xadj[v + 1]! - xadj[v]!]!++] = v;
  return order;
}

function contracted(
  { vertices, xadj, adjacency, edgeWeights, vertexWeights }: WeightedGraph,
  match: Int32Array,
): { coarse: Int32Array; graph: WeightedGraph } {
  const coarse = new Int32Array(vertices);
  let count = 0;
  for (let v = 0; v < vertices; v++) coarse[v] = match[v]! < v ? coarse[match[v]!]! : count++;
  const rows = new Int32Array(count + 1);
  const weights = new Int32Array(count);
  const other = new Int32Array(adjacency.length);
  const edges = new Float64Array(adjacency.length);
  /** Where the row being written holds its edge to a coarse vertex; stale entries lie before the row. */
  const place = new Int32Array(count).fill(-1);
  let at = 0;
  for (let v = 0; v < vertices; v++) {
    if (match[v]! < v) continue;
    const self = coarse[v]!;
    const start = at;
    for (let member = v; ; member = match[v]!) {
      weights[self]! += vertexWeights[member]!;
      for (let e = xadj[member]!; e < xadj[member + 1]!; e++) {
        const target = coarse[adjacency[e]!]!;
        if (target === self) continue;
        if (place[target]! >= start) edges[place[target]!]! += edgeWeights[e]!;
        else {
          place[target] = at;
          other[at] = target;
          edges[at++] = edgeWeights[e]!;
        }
      }
      if (member !== v || match[v] === v) break;
    }
    rows[self + 1] = at;
  }
  const graph = {
    vertices: count,
    xadj: rows,
    adjacency: other.slice(0, at),
    edgeWeights: edges.slice(0, at),
    vertexWeights: weights,
  };
  return { coarse, graph };
}
