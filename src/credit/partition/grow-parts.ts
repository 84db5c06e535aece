/**
 * @module
 * Parts of a dense graph: each grows from a vertex by the vertex that it is joined to most, then vertices are moved and
 * exchanged. No coarser graph is made: contracting a dense graph reads every edge again, and with parts of a few
 * vertices the graph that is left is hardly smaller.
 */
import type { Rng } from "../../math/index.ts";
import type { EdgeMatrix, EdgeWeights } from "./edge-matrix.ts";

/** Rounds over all vertices, at most, and the share of the weight within parts that a round must add for another. */
const ROUNDS = 20;
const LEAST_GAIN = 2e-3;
/** Full parts, best first, whose members a vertex may be exchanged with. */
const EXCHANGES = 4;
/** Vertices whose connections are stored together: 16 numbers of 32 bits are a cache line. */
const TILE = 16;

/**
 * Parts of at most `capacity` vertices, none empty.
 *
 * @param parts at most as many as there are vertices
 * @returns `[n]` part of each vertex
 */
export function grownParts(graph: EdgeMatrix, parts: number, capacity: number, rng: Rng): Int32Array {
  const search = new PartGrowth(graph, parts, capacity);
  let within = search.grow(rng);
  for (let round = 0; round < ROUNDS; round++) {
    const gained = search.improve();
    within += gained;
    if (gained <= LEAST_GAIN * within) break;
  }
  return search.part;
}

class PartGrowth {
  readonly part: Int32Array;
  readonly #vertices: number;
  readonly #weights: EdgeWeights;
  readonly #parts: number;
  readonly #capacity: number;
  /**
   * `[⌈n / 16⌉ × parts × 16]` weight of each vertex's edges into each part. All numbers of a vertex lie within a few
   * pages, and the numbers of one part in whole cache lines.
   */
  readonly #connection: Int32Array;
  readonly #size: Int32Array;
  /** `[parts × capacity]` */
  readonly #members: Int32Array;
  /** Each vertex's place among the members of its part. */
  readonly #place: Int32Array;
  readonly #target = new Int32Array(EXCHANGES);
  readonly #targetGain = new Int32Array(EXCHANGES);

  constructor({ vertices, weights }: EdgeMatrix, parts: number, capacity: number) {
    this.#vertices = vertices;
    this.#weights = weights;
    this.#parts = parts;
    this.#capacity = capacity;
    this.#connection = new Int32Array(Math.ceil(vertices / TILE) * parts * TILE);
    this.part = new Int32Array(vertices).fill(-1);
    this.#size = new Int32Array(parts);
    this.#members = new Int32Array(parts * capacity);
    this.#place = new Int32Array(vertices);
  }

  /**
   * Every part grows to ⌊n / parts⌋ vertices. It starts from the first free vertex in random order, and adds the
   * vertex with the largest weight into the part, of equal vertices the earlier. The few vertices left over go to the
   * parts with the largest weight.
   *
   * @returns the weight of the edges within parts
   */
  grow(rng: Rng): number {
    const order = rng.shuffle(Int32Array.from({ length: this.#vertices }, (_, v) => v));
    const aim = Math.floor(this.#vertices / this.#parts);
    const joined = new Int32Array(this.#vertices);
    let within = 0;
    let next = 0;
    for (let p = 0; p < this.#parts; p++) {
      while (this.part[order[next]!] !== -1) next++;
      joined.fill(0);
      let v = order[next]!;
      for (let size = 0; size < aim; size++) {
        within += joined[v]!;
        this.#enter(v, p);
        v = this.#addRow(joined, v);
      }
      for (let u = 0, at = p * TILE; u < this.#vertices; u++, at++) {
        if (u > 0 && u % TILE === 0) at += (this.#parts - 1) * TILE;
        this.#connection[at] = joined[u]!;
      }
    }
    for (const v of order.subarray(next)) if (this.part[v] === -1) within += this.#joinBest(v);
    return within;
  }

  /**
   * Every vertex once: the move or exchange that takes most off the cut, if one does. Partners for an exchange are looked
   * for in the parts that the vertex would rather be in even with one member of average weight fewer.
   *
   * @returns what the edges within parts have gained
   */
  improve(): number {
    const connection = this.#connection;
    const withoutOne = (this.#capacity - 1) / this.#capacity;
    let gained = 0;
    for (let v = 0; v < this.#vertices; v++) {
      const own = this.part[v]!;
      const first = this.#first(v);
      const base = connection[first + own * TILE]!;
      const mayLeave = this.#size[own]! > 1;
      let bestGain = 0;
      let bestPart = -1;
      let targets = 0;
      for (let p = 0, at = first; p < this.#parts; p++, at += TILE) {
        const joined = connection[at]!;
        if (joined <= base) continue;
        if (mayLeave && this.#size[p]! < this.#capacity) {
          if (joined - base <= bestGain) continue;
          bestGain = joined - base;
          bestPart = p;
        } else if (joined * withoutOne > base) targets = this.#noteTarget(p, joined - base, targets);
      }
      let partner = -1;
      for (let i = 0; i < targets; i++) {
        const p = this.#target[i]!;
        const members = p * this.#capacity;
        for (let m = members; m < members + this.#size[p]!; m++) {
          const u = this.#members[m]!;
          const at = this.#first(u);
          const gain =
            this.#targetGain[i]! +
            connection[at + own * TILE]! -
            connection[at + p * TILE]! -
            2 * this.#weights[v * this.#vertices + u]!;
          if (gain <= bestGain) continue;
          bestGain = gain;
          bestPart = p;
          partner = u;
        }
      }
      if (bestPart === -1) continue;
      gained += bestGain;
      if (partner === -1) this.#move(v, bestPart);
      else this.#exchange(v, partner);
    }
    return gained;
  }

  /** Index of a vertex's connection to part 0; its connection to part p is 16·p later. */
  #first(v: number): number {
    return (v >> 4) * this.#parts * TILE + (v & 15);
  }

  /** Puts a part among the targets of highest gain; returns how many there are. */
  #noteTarget(p: number, gain: number, count: number): number {
    const gains = this.#targetGain;
    if (count === EXCHANGES && gain <= gains[count - 1]!) return count;
    let i = count < EXCHANGES ? count : EXCHANGES - 1;
    for (; i > 0 && gains[i - 1]! < gain; i--) {
      gains[i] = gains[i - 1]!;
      this.#target[i] = this.#target[i - 1]!;
    }
    gains[i] = gain;
    this.#target[i] = p;
    return Math.min(count + 1, EXCHANGES);
  }

  /** Adds the edges of v; returns the free vertex that then has most. */
  #addRow(joined: Int32Array, v: number): number {
    const weights = this.#weights;
    const part = this.part;
    let best = -1;
    let most = -1;
    for (let u = 0, e = v * this.#vertices; u < joined.length; u++, e++) {
      const sum = joined[u]! + weights[e]!;
      joined[u] = sum;
      if (sum > most && part[u] === -1) {
        most = sum;
        best = u;
      }
    }
    return best;
  }

  /** Into the part with room that the vertex is joined to most; returns by how much. */
  #joinBest(v: number): number {
    const first = this.#first(v);
    let best = -1;
    let most = -1;
    for (let p = 0; p < this.#parts; p++) {
      const joined = this.#connection[first + p * TILE]!;
      if (this.#size[p]! < this.#capacity && joined > most) {
        most = joined;
        best = p;
      }
    }
    this.#enter(v, best);
    this.#change(best, -1, v, -1);
    return most;
  }

  #move(v: number, to: number): void {
    this.#change(to, this.part[v]!, v, -1);
    this.#leave(v);
    this.#enter(v, to);
  }

  /** Two vertices take each other's places. */
  #exchange(v: number, u: number): void {
    const from = this.part[v]!;
    const to = this.part[u]!;
    this.#change(to, from, v, u);
    this.#leave(v);
    this.#leave(u);
    this.#enter(v, to);
    this.#enter(u, from);
  }

  /** Connections after `to` has gained v and lost u, `from` the other way round; −1 is no part and no vertex. */
  #change(to: number, from: number, v: number, u: number): void {
    const connection = this.#connection;
    const weights = this.#weights;
    const vertices = this.#vertices;
    const shift = (from - to) * TILE;
    const other = u < 0 ? 0 : (u - v) * vertices;
    for (let tile = 0, e = v * vertices; tile < vertices; tile += TILE) {
      let at = tile * this.#parts + to * TILE;
      const end = Math.min(vertices - tile, TILE) + e;
      for (; e < end; e++, at++) {
        const weight = u < 0 ? weights[e]! : weights[e]! - weights[e + other]!;
        connection[at]! += weight;
        if (from >= 0) connection[at + shift]! -= weight;
      }
    }
  }

  #enter(v: number, p: number): void {
    this.part[v] = p;
    this.#place[v] = this.#size[p]!;
    this.#members[p * this.#capacity + this.#size[p]!++] = v;
  }

  #leave(v: number): void {
    const p = this.part[v]!;
    const last = this.#members[p * this.#capacity + --this.#size[p]!]!;
    this.#members[p * this.#capacity + this.#place[v]!] = last;
    this.#place[last] = this.#place[v]!;
  }
}
