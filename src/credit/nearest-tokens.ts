/**
 * @module
 * The tokens with the most similar attention to each token, collected in one pass over all pairs. A pass
 * token by token would read half of each row down a column of the Gram matrix, one cache line for each number.
 */

/** A neighbour that there is not, where a completion has fewer tokens. */
export const NO_NEIGHBOUR = -1;

/** The tokens of highest cosine with each of n tokens. */
export interface NearestTokens {
  /** R: neighbours of each. */
  readonly width: number;
  /** `[n × R]` nearest first, of equal cosines the earlier token first; −1 where there are fewer than R. */
  readonly tokens: Int32Array;
  /** `[n × R]` their cosines, 0 where there is none. */
  readonly cosines: Float64Array;
}

/**
 * Lists of the highest cosines so far; candidates arrive at each token in rising order. Each list is a heap whose first
 * entry is the next to leave, so that long lists take few steps too, until `settle` puts it in order.
 */
export class NearestLists implements NearestTokens {
  readonly width: number;
  readonly tokens: Int32Array;
  readonly cosines: Float64Array;
  /** `[n]` what a cosine must exceed to enter a token's list. */
  readonly worst: Float64Array;
  readonly #sizes: Int32Array;

  /** @param width R ≥ 0 */
  constructor(count: number, width: number) {
    this.width = width;
    this.tokens = new Int32Array(count * width).fill(NO_NEIGHBOUR);
    this.cosines = new Float64Array(count * width);
    this.worst = new Float64Array(count).fill(width === 0 ? Infinity : -1);
    this.#sizes = new Int32Array(count);
  }

  /** Puts another token into a token's list, whose worst it exceeds. */
  add(token: number, other: number, cosine: number): void {
    const { width, cosines } = this;
    const start = token * width;
    const size = this.#sizes[token]!;
    if (size === width) this.#sink(start, width, other, cosine);
    else {
      this.#rise(start, size, other, cosine);
      this.#sizes[token] = size + 1;
    }
    if (this.#sizes[token] === width) this.worst[token] = cosines[start]!;
  }

  /** Orders the lists, nearest first; nothing can be added afterwards. */
  settle(): void {
    const { width, tokens, cosines } = this;
    for (const [token, size] of this.#sizes.entries()) {
      const start = token * width;
      for (let last = start + size - 1; last > start; last--) {
        const [other, cosine] = [tokens[last]!, cosines[last]!];
        tokens[last] = tokens[start]!;
        cosines[last] = cosines[start]!;
        this.#sink(start, last - start, other, cosine);
      }
    }
  }

  /** Whether the entry at a place leaves before another: its cosine is less, or the same and its token later. */
  #leaves(place: number, other: number, cosine: number): boolean {
    const own = this.cosines[place]!;
    return own < cosine || (own === cosine && this.tokens[place]! > other);
  }

  /** Puts an entry at the end of a heap, and up to its place. */
  #rise(start: number, end: number, other: number, cosine: number): void {
    const { tokens, cosines } = this;
    let at = end;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (this.#leaves(start + parent, other, cosine)) break;
      tokens[start + at] = tokens[start + parent]!;
      cosines[start + at] = cosines[start + parent]!;
      at = parent;
    }
    tokens[start + at] = other;
    cosines[start + at] = cosine;
  }

  /** Puts an entry in the place of a heap's first, and down to its place. */
  #sink(start: number, size: number, other: number, cosine: number): void {
    const { tokens, cosines } = this;
    let at = 0;
    for (let child = 1; child < size; child = 2 * at + 1) {
      const second = start + child + 1;
      if (child + 1 < size && this.#leaves(second, tokens[second - 1]!, cosines[second - 1]!)) child++;
      if (!this.#leaves(start + child, other, cosine)) break;
      tokens[start + at] = tokens[start + child]!;
      cosines[start + at] = cosines[start + child]!;
      at = child;
    }
    tokens[start + at] = other;
    cosines[start + at] = cosine;
  }
}

/** The lists of some tokens. */
export function nearestOf(lists: NearestTokens, chosen: readonly number[]): NearestTokens {
  const { width } = lists;
  const tokens = new Int32Array(chosen.length * width);
  const cosines = new Float64Array(chosen.length * width);
  for (const [i, token] of chosen.entries()) {
    tokens.set(lists.tokens.subarray(token * width, (token + 1) * width), i * width);
    cosines.set(lists.cosines.subarray(token * width, (token + 1) * width), i * width);
  }
  return { width, tokens, cosines };
}
