/**
 * @module
 * A priority queue of vertices that can be found again by their number.
 */

/** Greatest key first; among equal keys the one that the heap happens to hold on top, always the same one. */
export class VertexQueue {
  readonly #heap: Int32Array;
  readonly #key: Float64Array;
  /** Place in the heap, −1 outside. */
  readonly #place: Int32Array;
  #size = 0;

  constructor(vertices: number) {
    this.#heap = new Int32Array(vertices);
    this.#key = new Float64Array(vertices);
    this.#place = new Int32Array(vertices).fill(-1);
  }

  get size(): number {
    return this.#size;
  }

  has(vertex: number): boolean {
    return this.#place[vertex] !== -1;
  }

  key(vertex: number): number {
    return this.#key[vertex]!;
  }

  /** The first vertex; the queue must not be empty. */
  first(): number {
    return this.#heap[0]!;
  }

  clear(): void {
    for (let i = 0; i < this.#size; i++) this.#place[this.#heap[i]!] = -1;
    this.#size = 0;
  }

  /** Adds the vertex or gives it a new key. */
  set(vertex: number, key: number): void {
    const place = this.#place[vertex]!;
    if (place === -1) {
      this.#key[vertex] = key;
      this.#rise(this.#size++, vertex);
    } else if (key > this.#key[vertex]!) {
      this.#key[vertex] = key;
      this.#rise(place, vertex);
    } else {
      this.#key[vertex] = key;
      this.#sink(place, vertex);
    }
  }

  delete(vertex: number): void {
    const place = this.#place[vertex]!;
    if (place === -1) return;
    this.#place[vertex] = -1;
    const last = this.#heap[--this.#size]!;
    if (last === vertex) return;
    if (this.#key[last]! > this.#key[vertex]!) this.#rise(place, last);
    else this.#sink(place, last);
  }

  #rise(from: number, vertex: number): void {
    const heap = this.#heap;
    const key = this.#key[vertex]!;
    let place = from;
    while (place > 0) {
      const above = (place - 1) >> 1;
      const other = heap[above]!;
      if (this.#key[other]! >= key) break;
      heap[place] = other;
      this.#place[other] = place;
      place = above;
    }
    heap[place] = vertex;
    this.#place[vertex] = place;
  }

  #sink(from: number, vertex: number): void {
    const heap = this.#heap;
    const key = this.#key[vertex]!;
    let place = from;
    for (;;) {
      let below = 2 * place + 1;
      if (below >= this.#size) break;
      if (below + 1 < this.#size && this.#key[heap[below + 1]!]! > this.#key[heap[below]!]!) below++;
      const other = heap[below]!;
      if (this.#key[other]! <= key) break;
      heap[place] = other;
      this.#place[other] = place;
      place = below;
    }
    heap[place] = vertex;
    this.#place[vertex] = place;
  }
}
