/**
 * @module
 * Partitioning of a graph into parts of nearly equal size with little weight between them: multilevel, after Karypis
 * and Kumar, where vertices have few neighbours; by growing parts where they have many. Read `coarsen`, `bisect`,
 * `refine-parts` for the first, `edge-matrix` and `grow-parts` for the second, then the functions here that choose.
 */
import { ConfigError } from "../../errors/index.ts";
import { requireArray } from "../../math/check.ts";
import { checked, readOptions, SEED } from "../../math/options.ts";
import { Rng } from "../../math/random.ts";
import { bisected } from "./bisect.ts";
import { coarsened } from "./coarsen.ts";
import { checkedGraph, checkRows, type PartitionGraph, type WeightedGraph } from "./csr-graph.ts";
import { checkedMatrix, type EdgeMatrix, graphOfMatrix } from "./edge-matrix.ts";
import { grownParts } from "./grow-parts.ts";
import { type RefineOptions, RefineScratch, refineParts } from "./refine-parts.ts";

export interface PartitionOptions {
  /** Equal seeds give equal partitions. Default 0. */
  readonly seed?: number;
  /**
   * Whole partitions to choose from at most; 24 unless given. One cuts about a hundredth more than the best of many, and
   * now and then a fifth more.
   */
  readonly tries?: number;
}

export interface Partition {
  /** `[n]` part of each vertex, 0 … parts − 1. */
  readonly part: Int32Array;
  /** Σ of the weights of edges between parts. */
  readonly edgeCut: number;
}

/** How much a part may hold, in hundredths of the mean: METIS's default for k-way partitioning. */
const IMBALANCE_PERCENT = 103;
/** Passes of local search over one graph, at most. */
const PASSES = 10;
/** How often a finished partition is coarsened within its parts and refined again. */
const CYCLES = 1;
/** Starts of each bisection. */
const STARTS = 4;
/** Whole partitions to choose from: as many as this many entries and vertices allow, and no more than that. */
const WORK = 4e5;
const MOST_TRIES = 24;
const OPTIONS = {
  seed: SEED,
  tries: checked(MOST_TRIES, (name, given: number) => {
    if (Number.isInteger(given) && given >= 1) return;
    throw new ConfigError(`${name}: expected an integer ≥ 1, got ${given}`);
  }),
};
/** So many in a row that are no better end the search. */
const PATIENCE = 2;
/** A graph is dense where its vertices have this many times as many neighbours as a part has vertices, on average. */
const DENSE = 2;
/** Below it sums of edge weights fit 32 bits. */
const MOST_SUM = 2 ** 31;

/**
 * Parts of a graph with little edge weight between them.
 *
 *     minimise Σ w(u, v) over edges with part(u) ≠ part(v)
 *     subject to 1 ≤ |part| ≤ ⌈1.03·n / parts⌉
 *
 * The multilevel scheme of Karypis and Kumar (SIAM J. Sci. Comput. 20, 1998). It starts with recursive bisection,
 * each half by heavy-edge matching, greedy growing and Fiduccia-Mattheyses refinement. Then come refinement over all
 * parts and another round of coarsening and refinement from these parts. The result is the best of several such
 * partitions. If vertices have at least twice as many neighbours as a part has vertices, most edges are cut by every
 * partition, and a coarser graph would be as dense. Then parts are grown one by one instead, and vertices are moved
 * and exchanged afterwards. The bound is METIS's default for k-way; unlike METIS's own partitions these never exceed
 * it, and no part is empty. With no more vertices than parts, each vertex is its own part and the remaining parts
 * stay empty. Vertices without edges go to any part with room.
 *
 * The order in which a row lists its neighbours changes nothing; the numbering of the vertices may, as may the seed.
 *
 * @param graph `xadj` `[n + 1]`, `adjacency` and `edgeWeights` `[2m]`, each edge in both its rows, weights ≥ 0
 * @param parts 1 or more
 * @returns `part` `[n]` in 0 … parts − 1, and `edgeCut`, each edge counted once
 * @throws ConfigError when `parts` or `tries` is not an integer ≥ 1 or the seed is no integer
 * @throws ShapeError when the graph is malformed: rows that do not fit, a neighbour out of range, an edge from a
 *   vertex to itself, twice, negative, or in one row only
 * @example
 * // 0–1 and 2–3 heavy, 1–2 light
 * const xadj = Int32Array.of(0, 1, 3, 5, 6);
 * const adjacency = Int32Array.of(1, 0, 2, 1, 3, 2);
 * partition({ xadj, adjacency, edgeWeights: Int32Array.of(9, 9, 1, 1, 9, 9) }, 2).edgeCut; // 1
 */
export function partition(graph: PartitionGraph, parts: number, options: PartitionOptions = {}): Partition {
  const { seed, tries } = readOptions(options, OPTIONS);
  if (!(Number.isInteger(parts) && parts >= 1)) {
    throw new ConfigError(`parts: expected an integer ≥ 1, got ${parts}`);
  }
  for (const name of ["xadj", "adjacency", "edgeWeights"] as const) requireArray(name, graph?.[name]);
  checkRows(graph);
  const vertices = Math.max(graph.xadj.length - 1, 0);
  const entries = graph.adjacency.length;
  const rng = new Rng(seed);
  const heaviest = heaviestOf(graph);
  const attempt = isDense(vertices, entries, heaviest, parts)
    ? denseAttempt(checkedMatrix(graph, heaviest), parts, rng)
    : sparseAttempt(checkedGraph(graph), parts, rng);
  const affordable = Math.floor(WORK / (entries + 20 * vertices));
  let best: Partition | undefined;
  let sinceBest = 0;
  for (let i = 0; i < Math.max(1, Math.min(tries, affordable)) && sinceBest < PATIENCE; i++) {
    const found = attempt();
    sinceBest++;
    if (!best || found.edgeCut < best.edgeCut) {
      best = found;
      sinceBest = 0;
    }
    if (best.edgeCut === 0) break;
  }
  return best!;
}

/**
 * The parts that `partition` finds in one try, of a graph that is a square of weights and known to be sound. A dense one
 * needs no rows of neighbours and no check.
 *
 * @param parts 1 or more
 * @throws ConfigError when the seed is no integer
 */
export function partitionMatrix(matrix: EdgeMatrix, parts: number, seed: number): Int32Array {
  if (!Number.isSafeInteger(seed)) throw new ConfigError(`seed: expected an integer, got ${seed}`);
  const { vertices, entries, heaviest } = matrix;
  const rng = new Rng(seed);
  return isDense(vertices, entries, heaviest, parts)
    ? denseParts(matrix, parts, rng)
    : sparseParts(graphOfMatrix(matrix), parts, rng);
}

function isDense(vertices: number, entries: number, heaviest: number, parts: number): boolean {
  return (
    vertices > 0 &&
    entries * parts >= DENSE * vertices * vertices &&
    heaviest * vertices * capacityOf(vertices, parts) < MOST_SUM
  );
}

function heaviestOf({ edgeWeights }: PartitionGraph): number {
  let heaviest = 0;
  for (let e = 0; e < edgeWeights.length; e++) heaviest = Math.max(heaviest, edgeWeights[e]!);
  return heaviest;
}

function denseAttempt(matrix: EdgeMatrix, parts: number, rng: Rng): () => Partition {
  return () => {
    const part = denseParts(matrix, parts, rng);
    return { part, edgeCut: matrixCut(matrix, part) };
  };
}

function sparseAttempt(graph: WeightedGraph, parts: number, rng: Rng): () => Partition {
  return () => {
    const part = sparseParts(graph, parts, rng);
    return { part, edgeCut: graphCut(graph, part) };
  };
}

function denseParts(matrix: EdgeMatrix, parts: number, rng: Rng): Int32Array {
  const { vertices } = matrix;
  return settledParts(vertices, parts) ?? grownParts(matrix, parts, capacityOf(vertices, parts), rng);
}

function sparseParts(graph: WeightedGraph, parts: number, rng: Rng): Int32Array {
  const settled = settledParts(graph.vertices, parts);
  if (settled) return settled;
  const capacity = capacityOf(graph.vertices, parts);
  const vertices = Int32Array.from({ length: graph.vertices }, (_, v) => v);
  const part = new Int32Array(graph.vertices);
  divide({ graph, vertices, first: 0, parts }, capacity, part, rng);
  return refinedAgain(graph, part, { parts, capacity, passes: PASSES }, rng);
}

/** Parts where there is nothing to choose. */
function settledParts(vertices: number, parts: number): Int32Array | undefined {
  if (parts === 1) return new Int32Array(vertices);
  return vertices <= parts ? Int32Array.from({ length: vertices }, (_, v) => v) : undefined;
}

function capacityOf(vertices: number, parts: number): number {
  return Math.ceil((IMBALANCE_PERCENT * vertices) / (100 * parts));
}

/** Part of a graph that is to become some of the parts. */
interface Piece {
  readonly graph: WeightedGraph;
  /** `[n]` its vertices in the whole graph. */
  readonly vertices: Int32Array;
  readonly first: number;
  readonly parts: number;
}

/** Recursive bisection: writes the parts of a piece. Halves use half of the freedom that the capacity leaves. */
function divide(piece: Piece, capacity: number, part: Int32Array, rng: Rng): void {
  const { graph, first, parts } = piece;
  if (parts === 1) {
    for (const v of piece.vertices) part[v] = first;
    return;
  }
  const left = parts >> 1;
  const right = parts - left;
  const least = Math.max(left, graph.vertices - right * capacity);
  const most = Math.min(graph.vertices - right, left * capacity);
  const aim = Math.min(most, Math.max(least, (graph.vertices * left) / parts));
  const bounds = {
    aim,
    least: Math.floor((aim + least) / 2),
    most: Math.ceil((aim + most) / 2),
  };
  const side = bisected(graph, bounds, STARTS, rng);
  divide({ ...induced(piece, side, 0), first, parts: left }, capacity, part, rng);
  divide({ ...induced(piece, side, 1), first: first + left, parts: right }, capacity, part, rng);
}

/** Refines over all parts; then, coarser graphs first, again, so that whole groups of vertices change parts. */
function refinedAgain(graph: WeightedGraph, start: Int32Array, options: RefineOptions, rng: Rng): Int32Array {
  const scratch = new RefineScratch(graph.vertices, options.parts);
  refineParts(graph, start, options, scratch);
  let part = start;
  for (let cycle = 0; cycle < CYCLES; cycle++) {
    const maxVertexWeight = Math.max(1, options.capacity >> 1);
    const coarsening = coarsened(graph, { until: 2 * options.parts, maxVertexWeight, part }, rng);
    part = coarsening.part!;
    refineParts(coarsening.coarsest, part, options, scratch);
    for (const level of coarsening.levels.toReversed()) {
      part = Int32Array.from(level.coarse, (vertex) => part[vertex]!);
      refineParts(level.graph, part, options, scratch);
    }
  }
  return part;
}

/** The graph between the vertices of one side. */
function induced(
  { graph, vertices: ids }: Piece,
  side: Uint8Array,
  which: number,
): { graph: WeightedGraph; vertices: Int32Array } {
  const { vertices, xadj, adjacency, edgeWeights } = graph;
  const place = new Int32Array(vertices).fill(-1);
  let count = 0;
  let entries = 0;
  for (let v = 0; v < vertices; v++) {
    if (side[v] !== which) continue;
    place[v] = count++;
    for (let e = xadj[v]!; e < xadj[v + 1]!; e++) if (side[adjacency[e]!] === which) entries++;
  }
  const rows = new Int32Array(count + 1);
  const other = new Int32Array(entries);
  const weights = new Float64Array(entries);
  const kept = new Int32Array(count);
  let at = 0;
  for (let v = 0; v < vertices; v++) {
    const self = place[v]!;
    if (self === -1) continue;
    kept[self] = ids[v]!;
    for (let e = xadj[v]!; e < xadj[v + 1]!; e++) {
      const target = place[adjacency[e]!]!;
      if (target === -1) continue;
      other[at] = target;
      weights[at++] = edgeWeights[e]!;
    }
    rows[self + 1] = at;
  }
  return {
    graph: {
      vertices: count,
      xadj: rows,
      adjacency: other,
      edgeWeights: weights,
      vertexWeights: new Int32Array(count).fill(1),
    },
    vertices: kept,
  };
}

function graphCut({ vertices, xadj, adjacency, edgeWeights }: WeightedGraph, part: Int32Array): number {
  let edgeCut = 0;
  for (let v = 0; v < vertices; v++) {
    for (let e = xadj[v]!; e < xadj[v + 1]!; e++) {
      if (adjacency[e]! > v && part[adjacency[e]!] !== part[v]) edgeCut += edgeWeights[e]!;
    }
  }
  return edgeCut;
}

function matrixCut({ vertices, weights }: EdgeMatrix, part: Int32Array): number {
  let edgeCut = 0;
  for (let v = 0; v < vertices; v++) {
    for (let u = v + 1; u < vertices; u++) if (part[u] !== part[v]) edgeCut += weights[v * vertices + u]!;
  }
  return edgeCut;
}
