/**
 * @module
 * Seeded random numbers. The state is a few integers, so a run can be stopped and continued with the same draws.
 * `fork` gives independent streams by name, so that one consumer's draws never move another's.
 */
import { NumericError } from "../errors/index.ts";

type Words = [number, number, number, number];

/** The state of a generator; plain JSON. */
export interface RngState {
  /** `[4]` unsigned 32-bit: who the generator is; forks are derived from it. */
  readonly key: readonly number[];
  /** `[4]` unsigned 32-bit: its position. */
  readonly words: readonly number[];
}

/**
 * A generator of uniform numbers, xoshiro128** (Blackman and Vigna, arXiv:1805.01407). Not for secrets.
 *
 * @example
 * const rng = new Rng(7);
 * rng.shuffle([1, 2, 3]);
 * const later = Rng.restore(rng.state()); // draws what rng would draw next
 */
export class Rng {
  #key: Words;
  /** In place: a draw allocates nothing. */
  #words: Uint32Array;

  /**
   * @param seed an integer or a text; equal seeds give equal streams
   * @throws NumericError when it is neither a safe integer nor a text
   */
  constructor(seed: number | string) {
    if (typeof seed !== "string" && !Number.isSafeInteger(seed)) {
      throw new NumericError(`seed: expected an integer or a text, got ${seed}`);
    }
    this.#key = hash([1, 0, 0, 0], String(seed));
    this.#words = Uint32Array.from(this.#key);
  }

  /**
   * The generator that `state()` described.
   *
   * @throws NumericError when the state is not two lists of four unsigned 32-bit integers, not all zero
   */
  static restore(state: RngState): Rng {
    const rng = new Rng(0);
    rng.#key = checkedWords("key", state.key);
    rng.#words = Uint32Array.from(checkedWords("words", state.words));
    return rng;
  }

  /** A snapshot: drawing from this generator does not change it. */
  state(): RngState {
    return { key: [...this.#key], words: [...this.#words] };
  }

  /**
   * An independent generator named by this one's seed and the label. It does not depend on earlier draws and draws
   * nothing itself; equal labels give equal streams.
   */
  fork(label: string | number): Rng {
    const key = hash(this.#key, String(label));
    return Rng.restore({ key, words: key });
  }

  /** A uniform unsigned 32-bit integer. */
  word(): number {
    const words = this.#words;
    const a = words[0]!;
    const b = words[1]!;
    const c = words[2]! ^ a;
    const d = words[3]! ^ b;
    words[0] = a ^ d;
    words[1] = b ^ c;
    words[2] = c ^ (b << 9);
    words[3] = rotate(d, 11);
    return Math.imul(rotate(Math.imul(b, 5), 7), 9) >>> 0;
  }

  /** Uniform in [0, 1), 53 random bits; in [low, high) with bounds. */
  uniform(low = 0, high = 1): number {
    const fraction = ((this.word() >>> 5) * 2 ** 26 + (this.word() >>> 6)) / 2 ** 53;
    const drawn = low + (high - low) * fraction;
    // The bounds may be so near to each other that the sum is rounded to the upper one.
    return drawn === high ? low : drawn;
  }

  /**
   * Uniform in 0 … bound − 1, without bias.
   *
   * @param bound an integer in 1 … 2³²
   * @throws NumericError when it is not
   */
  integer(bound: number): number {
    if (!(Number.isInteger(bound) && bound >= 1 && bound <= 2 ** 32)) {
      throw new NumericError(`bound: expected an integer in 1 … 2^32, got ${bound}`);
    }
    let word = this.word();
    // Words from the last multiple of the bound on would favour small numbers; most lie far below it.
    while (word >= 2 ** 32 - bound && word >= 2 ** 32 - (2 ** 32 % bound)) word = this.word();
    return word % bound;
  }

  /** Normal with the given mean and standard deviation (Box and Muller; two uniforms a draw). */
  normal(mean = 0, deviation = 1): number {
    const radius = Math.sqrt(-2 * Math.log1p(-this.uniform()));
    return mean + deviation * radius * Math.cos(2 * Math.PI * this.uniform());
  }

  /** Permutes the list in place, every order equally likely (Fisher and Yates), and returns it. */
  shuffle<L extends { readonly length: number; [index: number]: unknown }>(list: L): L {
    for (let i = list.length - 1; i > 0; i--) {
      const j = this.integer(i + 1);
      const held = list[i];
      list[i] = list[j];
      list[j] = held;
    }
    return list;
  }

  /**
   * One of the items, each equally likely.
   *
   * @throws NumericError when there is none
   */
  pick<T>(items: readonly T[]): T {
    return items[this.integer(items.length)]!;
  }
}

function rotate(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by));
}

function checkedWords(name: string, words: readonly number[]): Words {
  const fits = words.length === 4 && words.every((word) => word === word >>> 0);
  if (!fits || words.every((word) => word === 0)) {
    throw new NumericError(`${name}: expected 4 unsigned 32-bit integers, got [${words.join(", ")}]`);
  }
  return [words[0]!, words[1]!, words[2]!, words[3]!];
}

/** Four words that depend on every bit of the start and every character of the text; never all zero. */
function hash(start: readonly number[], text: string): Words {
  const words = start.map((word, lane) => (word ^ Math.imul(lane + 1, 0x9e3779b9)) >>> 0);
  for (let i = 0; i <= text.length; i++) {
    const symbol = i < text.length ? text.charCodeAt(i) + 1 : 0x10000 + text.length;
    for (let lane = 0; lane < 4; lane++) {
      const neighbour = words[(lane + 1) % 4]!;
      words[lane] = mix(words[lane]! + Math.imul(symbol, 0x85ebca6b) + rotate(neighbour, 13));
    }
  }
  for (let lane = 0; lane < 8; lane++) words[lane % 4] = mix(words[lane % 4]! + words[(lane + 1) % 4]!);
  words[0] = (words[0]! | 1) >>> 0;
  return [words[0]!, words[1]!, words[2]!, words[3]!];
}

/** Spreads 32 bits over 32 bits, one to one (the finaliser of MurmurHash3 after an odd step). */
function mix(word: number): number {
  let z = (word + 0x9e3779b9) | 0;
  z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
  z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
  return (z ^ (z >>> 16)) >>> 0;
}
