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

/** Lists of the highest cosines so far; candidates arrive at each token in rising order. */
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
    const { width, tokens, cosines } = this;
    const start = token * width;
    if (this.#sizes[token]! < width) this.#sizes[token]!++;
    let place = start + this.#sizes[token]! - 1;
    for (; place > start && cosines[place - 1]! < cosine; place--) {
      cosines[place] = cosines[place - 1]!;
      tokens[place] = tokens[place - 1]!;
    }
    cosines[place] = cosine;
    tokens[place] = other;
    if (this.#sizes[token] === width) this.worst[token] = cosines[start + width - 1]!;
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
