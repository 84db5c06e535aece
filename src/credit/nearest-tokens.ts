/**
 * @module
 * Which tokens attend most like some chosen ones, found in one pass over the rows of a Gram matrix. Asked token by token the
 * half of a row that stands in a column would cost a cache line a number.
 */
import type { RowCosines } from "./similarity-graph.ts";

/** A neighbour that there is not, where a completion has fewer tokens. */
export const NO_NEIGHBOUR = -1;

/** The tokens of highest cosine with each of n chosen ones. */
export interface NearestTokens {
  /** R: neighbours of each. */
  readonly width: number;
  /** `[n × R]` nearest first, of equal ones the earlier first; −1 where there are fewer than R. */
  readonly tokens: Int32Array;
  /** `[n × R]` their cosines, 0 where there is none. */
  readonly cosines: Float64Array;
}

/**
 * The nearest other tokens of each chosen one.
 *
 * @param chosen `[n]` rows, rising
 * @param width R ≥ 0
 */
export function nearestTokens(cosines: RowCosines, chosen: ArrayLike<number>, width: number): NearestTokens {
  const { rows, gram, starts, columns, inverseLengths } = cosines;
  const lists = new NearestLists(chosen.length, width);
  if (width === 0) return lists;
  const { worst } = lists;
  /** The first chosen token that is not before the row. */
  let first = 0;
  for (let row = 0; row < rows && first < chosen.length; row++) {
    const start = starts[row]!;
    const scale = inverseLengths[row]!;
    if (chosen[first] === row) {
      for (let other = row + 1; other < rows; other++) {
        const cosine = Math.min(1, gram[start + columns[other]!]! * scale * inverseLengths[other]!);
        if (cosine > worst[first]!) lists.add(first, other, cosine);
      }
      first++;
    }
    for (let i = first; i < chosen.length; i++) {
      const token = chosen[i]!;
      const cosine = Math.min(1, gram[start + columns[token]!]! * scale * inverseLengths[token]!);
      if (cosine > worst[i]!) lists.add(i, row, cosine);
    }
  }
  return lists;
}

/** Lists of the highest cosines; tokens come to each in rising order. */
class NearestLists implements NearestTokens {
  readonly width: number;
  readonly tokens: Int32Array;
  readonly cosines: Float64Array;
  /** `[n]` what a cosine must exceed to enter a list. */
  readonly worst: Float64Array;
  readonly #sizes: Int32Array;

  constructor(count: number, width: number) {
    this.width = width;
    this.tokens = new Int32Array(count * width).fill(NO_NEIGHBOUR);
    this.cosines = new Float64Array(count * width);
    this.worst = new Float64Array(count).fill(-1);
    this.#sizes = new Int32Array(count);
  }

  add(list: number, token: number, cosine: number): void {
    const { width, tokens, cosines } = this;
    const start = list * width;
    if (this.#sizes[list]! < width) this.#sizes[list]!++;
    let place = start + this.#sizes[list]! - 1;
    for (; place > start && cosines[place - 1]! < cosine; place--) {
      cosines[place] = cosines[place - 1]!;
      tokens[place] = tokens[place - 1]!;
    }
    cosines[place] = cosine;
    tokens[place] = token;
    if (this.#sizes[list] === width) this.worst[list] = cosines[start + width - 1]!;
  }
}
