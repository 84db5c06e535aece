/**
 * @module
 * Local search over all parts at once, after Fiduccia and Mattheyses: the best move first, even where it makes the
 * cut worse for a while, and back to the best state on the way.
 */
import type { WeightedGraph } from "./csr-graph.ts";
import { VertexQueue } from "./vertex-queue.ts";

export interface RefineOptions {
  readonly parts: number;
  /** The largest weight of a part. */
  readonly capacity: number;
  readonly passes: number;
}

/** Memory reused by all searches over a graph and its coarser versions. */
export class RefineScratch {
  readonly connection: Float64Array;
  readonly weight: Float64Array;
  readonly count: Int32Array;
  readonly head: Int32Array;
  readonly next: Int32Array;
  readonly previous: Int32Array;
  readonly queue: VertexQueue;
  readonly locked: Uint8Array;

  constructor(vertices: number, parts: number) {
    this.connection = new Float64Array(parts * vertices);
    this.weight = new Float64Array(parts);
    this.count = new Int32Array(parts);
    this.head = new Int32Array(parts);
    this.next = new Int32Array(vertices);
    this.previous = new Int32Array(vertices);
    this.queue = new VertexQueue(vertices);
    this.locked = new Uint8Array(vertices);
  }
}

/**
 * Makes the cut smaller, in place. Parts over capacity are brought below it first, wherever single vertices allow
 * it; no part loses its last vertex.
 */
export function refineParts(
  graph: WeightedGraph,
  part: Int32Array,
  options: RefineOptions,
  scratch: RefineScratch,
): void {
  const search = new PartSearch(graph, part, options, scratch);
  for (let pass = 0; pass < options.passes; pass++) if (!search.pass()) break;
}

class PartSearch {
  readonly #graph: WeightedGraph;
  readonly #part: Int32Array;
  readonly #parts: number;
  readonly #capacity: number;
  /** `[parts × n]` weight of each vertex's edges into each part. */
  readonly #connection: Float64Array;
  readonly #weight: Float64Array;
  readonly #count: Int32Array;
  /** Members of each part as a doubly linked list. */
  readonly #head: Int32Array;
  readonly #next: Int32Array;
  readonly #previous: Int32Array;
  /** Keys are upper bounds of gains, made exact when a vertex comes up. */
  readonly #queue: VertexQueue;
  readonly #locked: Uint8Array;
  /** How far a part may exceed its capacity on the way. */
  readonly #slack: number;
  /** Weight over capacity, summed over parts. */
  #excess = 0;
  #cut = 0;
  #bestGain = 0;

  constructor(
    graph: WeightedGraph,
    part: Int32Array,
    { parts, capacity }: RefineOptions,
    scratch: RefineScratch,
  ) {
    const { vertices, xadj, adjacency, edgeWeights, vertexWeights } = graph;
    this.#graph = graph;
    this.#part = part;
    this.#parts = parts;
    this.#capacity = capacity;
    this.#connection = scratch.connection.fill(0, 0, parts * vertices);
    this.#weight = scratch.weight.fill(0);
    this.#count = scratch.count.fill(0);
    this.#head = scratch.head.fill(-1);
    this.#next = scratch.next;
    this.#previous = scratch.previous;
    this.#queue = scratch.queue;
    this.#locked = scratch.locked;
    let heaviest = 1;
    for (let v = 0; v < vertices; v++) {
      const own = part[v]!;
      this.#weight[own]! += vertexWeights[v]!;
      this.#link(v, own);
      if (vertexWeights[v]! > heaviest) heaviest = vertexWeights[v]!;
      for (let e = xadj[v]!; e < xadj[v + 1]!; e++) {
        const u = adjacency[e]!;
        this.#connection[part[u]! * vertices + v]! += edgeWeights[e]!;
        if (part[u] !== own) this.#cut += edgeWeights[e]! / 2;
      }
    }
    this.#slack = heaviest;
    for (const weight of this.#weight) this.#excess += Math.max(0, weight - capacity);
  }

  /** Moves vertices once each; says whether the partition is better than before. */
  pass(): boolean {
    const { vertices } = this.#graph;
    this.#queue.clear();
    this.#locked.fill(0);
    for (let v = 0; v < vertices; v++) {
      if (this.#target(v) !== -1) this.#queue.set(v, this.#bestGain);
    }
    const moved: number[] = [];
    const origin: number[] = [];
    let best = 0;
    let bestCut = this.#cut;
    let bestExcess = this.#excess;
    const patience = Math.max(30, Math.min(250, vertices >> 3));
    while (moved.length - best < patience) {
      const v = this.#excess > 0 ? this.#evicted() : this.#first();
      if (v === -1) break;
      const target = this.#target(v);
      this.#queue.delete(v);
      this.#locked[v] = 1;
      moved.push(v);
      origin.push(this.#part[v]!);
      this.#move(v, target, true);
      if (this.#excess < bestExcess || (this.#excess === bestExcess && this.#cut < bestCut)) {
        best = moved.length;
        bestCut = this.#cut;
        bestExcess = this.#excess;
      }
    }
    for (let i = moved.length - 1; i >= best; i--) this.#move(moved[i]!, origin[i]!, false);
    return best > 0;
  }

  /** The vertex whose best move gains most; −1 when none can move. */
  #first(): number {
    const queue = this.#queue;
    while (queue.size > 0) {
      const v = queue.first();
      if (this.#target(v) === -1) queue.delete(v);
      else if (this.#bestGain < queue.key(v)) queue.set(v, this.#bestGain);
      else return v;
    }
    return -1;
  }

  /** The vertex that leaves an overloaded part at least cost; −1 when none can. */
  #evicted(): number {
    let best = -1;
    let bestGain = -Infinity;
    for (let p = 0; p < this.#parts; p++) {
      if (this.#weight[p]! <= this.#capacity) continue;
      for (let v = this.#head[p]!; v !== -1; v = this.#next[v]!) {
        if (this.#locked[v] === 0 && this.#target(v) !== -1 && this.#bestGain > bestGain) {
          best = v;
          bestGain = this.#bestGain;
        }
      }
    }
    return best;
  }

  /** Where the vertex should go, −1 if nowhere; leaves what that gains in `#bestGain`. */
  #target(v: number): number {
    const own = this.#part[v]!;
    if (this.#count[own] === 1) return -1;
    const { vertices, xadj, adjacency, vertexWeights } = this.#graph;
    const connection = this.#connection;
    const isOver = this.#weight[own]! > this.#capacity;
    const room = this.#capacity + (isOver ? 0 : this.#slack) - vertexWeights[v]!;
    let best = -1;
    let bestConnection = -1;
    const start = xadj[v]!;
    const end = xadj[v + 1]!;
    if (isOver || end - start >= this.#parts) {
      for (let p = 0; p < this.#parts; p++) {
        if (p === own || this.#weight[p]! > room) continue;
        const c = connection[p * vertices + v]!;
        if (c > bestConnection || (c === bestConnection && this.#weight[p]! < this.#weight[best]!)) {
          best = p;
          bestConnection = c;
        }
      }
    } else {
      for (let e = start; e < end; e++) {
        const p = this.#part[adjacency[e]!]!;
        if (p === own || this.#weight[p]! > room) continue;
        const c = connection[p * vertices + v]!;
        if (c > bestConnection || (c === bestConnection && this.#weight[p]! < this.#weight[best]!)) {
          best = p;
          bestConnection = c;
        }
      }
    }
    this.#bestGain = bestConnection - connection[own * vertices + v]!;
    return best;
  }

  #move(v: number, to: number, isForward: boolean): void {
    const { vertices, xadj, adjacency, edgeWeights, vertexWeights } = this.#graph;
    const connection = this.#connection;
    const queue = this.#queue;
    const from = this.#part[v]!;
    this.#cut -= connection[to * vertices + v]! - connection[from * vertices + v]!;
    this.#reweigh(from, -vertexWeights[v]!);
    this.#reweigh(to, vertexWeights[v]!);
    this.#unlink(v, from);
    this.#link(v, to);
    this.#part[v] = to;
    for (let e = xadj[v]!; e < xadj[v + 1]!; e++) {
      const u = adjacency[e]!;
      const w = edgeWeights[e]!;
      connection[from * vertices + u]! -= w;
      connection[to * vertices + u]! += w;
      if (!isForward || this.#locked[u] === 1) continue;
      const own = this.#part[u]!;
      if (own === to) continue;
      const gain = connection[to * vertices + u]! - connection[own * vertices + u]!;
      const key = queue.has(u) ? queue.key(u) + (own === from ? w : 0) : -Infinity;
      if (gain > key || own === from) queue.set(u, Math.max(gain, key));
    }
  }

  #reweigh(p: number, by: number): void {
    const before = Math.max(0, this.#weight[p]! - this.#capacity);
    this.#weight[p]! += by;
    this.#excess += Math.max(0, this.#weight[p]! - this.#capacity) - before;
  }

  #link(v: number, p: number): void {
    const next = this.#head[p]!;
    this.#next[v] = next;
    this.#previous[v] = -1;
    if (next !== -1) this.#previous[next] = v;
    this.#head[p] = v;
    this.#count[p]!++;
  }

  #unlink(v: number, p: number): void {
    const next = this.#next[v]!;
    const previous = this.#previous[v]!;
    if (next !== -1) this.#previous[next] = previous;
    if (previous === -1) this.#head[p] = next;
    else this.#next[previous] = next;
    this.#count[p]!--;
  }
}
