/**
 * @module
 * A graph in two: coarsen, grow one side in the coarsest graph, refine on the way back.
 */
import type { Rng } from "../../math/index.ts";
import { coarsened } from "./coarsen.ts";
import type { WeightedGraph } from "./csr-graph.ts";
import { VertexQueue } from "./vertex-queue.ts";

/** The bounds of side 0's weight. */
export interface SideBounds {
  readonly least: number;
  readonly aim: number;
  readonly most: number;
}

const COARSEST = 48;
const PASSES = 8;
/** Up to this many vertices those within a side may move too: whole components change sides that way. */
const SMALL = 256;

/**
 * Two sides with a small cut between them.
 *
 * @param starts how many sides are grown in the coarsest graph, to keep the best
 * @returns `[n]` 0 or 1; side 0 weighs between the bounds wherever vertices of weight 1 allow it
 */
export function bisected(graph: WeightedGraph, bounds: SideBounds, starts: number, rng: Rng): Uint8Array {
  const total = sum(graph.vertexWeights);
  const maxVertexWeight = Math.max(1, Math.floor((1.5 * total) / COARSEST));
  const { levels, coarsest } = coarsened(graph, { until: COARSEST, maxVertexWeight }, rng);
  const scratch = new Scratch(graph.vertices);
  let best: Bisection | undefined;
  for (let i = 0; i < starts; i++) {
    const one = new Bisection(coarsest, bounds, grown(coarsest, bounds, scratch, rng), scratch);
    one.refine();
    if (!best || one.isBetterThan(best)) best = one;
  }
  let side = best!.side;
  for (const level of levels.toReversed()) {
    const finer = new Uint8Array(level.graph.vertices);
    for (let v = 0; v < finer.length; v++) finer[v] = side[level.coarse[v]!]!;
    const refined = new Bisection(level.graph, bounds, finer, scratch);
    refined.refine();
    side = refined.side;
  }
  return side;
}

/**
 * Memory reused by all searches over a graph and its coarser versions, since allocation would dominate a small search.
 */
class Scratch {
  readonly queues: readonly [VertexQueue, VertexQueue];
  /** `[n]` what moving a vertex would take off the cut. */
  readonly gain: Float64Array;
  readonly locked: Uint8Array;

  constructor(vertices: number) {
    this.queues = [new VertexQueue(vertices), new VertexQueue(vertices)];
    this.gain = new Float64Array(vertices);
    this.locked = new Uint8Array(vertices);
  }
}

/** Side 0 grows from a random vertex by the vertex that adds least to the cut; side 1 is the rest. */
function grown(graph: WeightedGraph, { aim }: SideBounds, scratch: Scratch, rng: Rng): Uint8Array {
  const { vertices, xadj, adjacency, edgeWeights, vertexWeights } = graph;
  const side = new Uint8Array(vertices).fill(1);
  const [queue] = scratch.queues;
  queue.clear();
  const order = new Int32Array(vertices);
  for (let v = 0; v < vertices; v++) order[v] = v;
  rng.shuffle(order);
  const outward = scratch.gain.fill(0, 0, vertices);
  for (let v = 0; v < vertices; v++) {
    for (let e = xadj[v]!; e < xadj[v + 1]!; e++) outward[v]! -= edgeWeights[e]!;
  }
  let weight = 0;
  let seed = 0;
  while (weight < aim) {
    if (queue.size === 0) {
      while (side[order[seed]!] === 0) seed++;
      queue.set(order[seed]!, 0);
    }
    const v = queue.first();
    queue.delete(v);
    if (weight > 0 && weight + vertexWeights[v]! - aim > aim - weight) break;
    side[v] = 0;
    weight += vertexWeights[v]!;
    for (let e = xadj[v]!; e < xadj[v + 1]!; e++) {
      const u = adjacency[e]!;
      if (side[u] === 0) continue;
      outward[u]! += 2 * edgeWeights[e]!;
      queue.set(u, outward[u]!);
    }
  }
  return side;
}

/** Two sides, their cut, and the refinement of Fiduccia and Mattheyses. */
class Bisection {
  readonly side: Uint8Array;
  readonly #graph: WeightedGraph;
  readonly #bounds: SideBounds;
  readonly #scratch: Scratch;
  readonly #gain: Float64Array;
  readonly #queues: readonly [VertexQueue, VertexQueue];
  /** How far side 0 may leave its bounds on the way. */
  readonly #slack: number;
  #weight = 0;
  #cut = 0;

  /** @param scratch this search's until the next one begins */
  constructor(graph: WeightedGraph, bounds: SideBounds, side: Uint8Array, scratch: Scratch) {
    this.#graph = graph;
    this.#bounds = bounds;
    this.side = side;
    const { vertices, xadj, adjacency, edgeWeights, vertexWeights } = graph;
    this.#scratch = scratch;
    this.#gain = scratch.gain.fill(0, 0, vertices);
    this.#queues = scratch.queues;
    let heaviest = 1;
    for (let v = 0; v < vertices; v++) {
      if (side[v] === 0) this.#weight += vertexWeights[v]!;
      if (vertexWeights[v]! > heaviest) heaviest = vertexWeights[v]!;
      for (let e = xadj[v]!; e < xadj[v + 1]!; e++) {
        if (side[adjacency[e]!] === side[v]) this.#gain[v]! -= edgeWeights[e]!;
        else {
          this.#gain[v]! += edgeWeights[e]!;
          this.#cut += edgeWeights[e]! / 2;
        }
      }
    }
    this.#slack = heaviest;
  }

  isBetterThan(other: Bisection): boolean {
    const violation = this.#violation(this.#weight);
    const theirs = other.#violation(other.#weight);
    return violation < theirs || (violation === theirs && this.#cut < other.#cut);
  }

  refine(): void {
    for (let pass = 0; pass < PASSES; pass++) if (!this.#pass()) break;
  }

  #violation(weight: number): number {
    return Math.max(0, this.#bounds.least - weight, weight - this.#bounds.most);
  }

  /** Moves vertices once each, best first, and goes back to the best state on the way; says whether that helped. */
  #pass(): boolean {
    const { vertices } = this.#graph;
    const isOff = this.#violation(this.#weight) > 0;
    for (const queue of this.#queues) queue.clear();
    for (let v = 0; v < vertices; v++) {
      if (isOff || vertices <= SMALL || this.#isBoundary(v))
        this.#queues[this.side[v] as 0 | 1].set(v, this.#gain[v]!);
    }
    const locked = this.#scratch.locked.fill(0, 0, vertices);
    const moved: number[] = [];
    let best = 0;
    let bestCut = this.#cut;
    let bestViolation = this.#violation(this.#weight);
    const patience = Math.max(25, Math.min(200, vertices >> 3));
    while (moved.length - best < patience) {
      const v = this.#next();
      if (v === -1) break;
      this.#queues[this.side[v] as 0 | 1].delete(v);
      locked[v] = 1;
      this.#move(v, locked);
      moved.push(v);
      const violation = this.#violation(this.#weight);
      if (violation < bestViolation || (violation === bestViolation && this.#cut < bestCut)) {
        best = moved.length;
        bestCut = this.#cut;
        bestViolation = violation;
      }
    }
    for (let i = moved.length - 1; i >= best; i--) this.#move(moved[i]!, undefined);
    return best > 0;
  }

  #isBoundary(v: number): boolean {
    const { xadj, adjacency } = this.#graph;
    for (let e = xadj[v]!; e < xadj[v + 1]!; e++) if (this.side[adjacency[e]!] !== this.side[v]) return true;
    return xadj[v] === xadj[v + 1];
  }

  /** The best move that keeps or brings side 0 near its bounds; −1 when there is none. */
  #next(): number {
    const { least, most } = this.#bounds;
    const [zero, one] = this.#queues;
    const a = zero.size > 0 ? zero.first() : -1;
    const b = one.size > 0 ? one.first() : -1;
    if (this.#weight > most) return a;
    if (this.#weight < least) return b;
    const weights = this.#graph.vertexWeights;
    const mayA = a !== -1 && this.#weight - weights[a]! >= least - this.#slack;
    const mayB = b !== -1 && this.#weight + weights[b]! <= most + this.#slack;
    if (mayA && mayB) {
      if (zero.key(a) === one.key(b)) return this.#weight > this.#bounds.aim ? a : b;
      return zero.key(a) > one.key(b) ? a : b;
    }
    if (mayA) return a;
    return mayB ? b : -1;
  }

  /** Without `locked` the queues are left alone. */
  #move(v: number, locked: Uint8Array | undefined): void {
    const { xadj, adjacency, edgeWeights, vertexWeights } = this.#graph;
    const from = this.side[v]!;
    this.side[v] = 1 - from;
    this.#weight += from === 0 ? -vertexWeights[v]! : vertexWeights[v]!;
    this.#cut -= this.#gain[v]!;
    this.#gain[v] = -this.#gain[v]!;
    for (let e = xadj[v]!; e < xadj[v + 1]!; e++) {
      const u = adjacency[e]!;
      this.#gain[u]! += this.side[u] === from ? 2 * edgeWeights[e]! : -2 * edgeWeights[e]!;
      if (locked && locked[u] === 0) this.#queues[this.side[u] as 0 | 1].set(u, this.#gain[u]!);
    }
  }
}

function sum(values: Int32Array): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
