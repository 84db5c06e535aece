/**
 * @module
 * Cosines and sines of the decoder's rotary positions: each frequency takes its angle from its own component of a
 * position, time, height or width (M-RoPE, arXiv:2409.12191) or the only one. Angles are rounded to single precision, as in the reference implementation.
 */
import type { RotaryFrequencies } from "../../../model/graph/index.ts";

/** Positions that are kept. A video whose frames are hours apart has far later positions, which are few. */
const MOST = 2 ** 17;

export class RotaryTable {
  readonly half: number;
  readonly #frequencies: Float32Array;
  /** Which component of a position each frequency follows. */
  readonly #component: Uint8Array;
  #cosine = new Float32Array();
  #sine = new Float32Array();

  constructor({ frequencies, component }: RotaryFrequencies) {
    this.half = frequencies.length;
    this.#frequencies = frequencies;
    this.#component = component;
  }

  /**
   * Writes one row of `[N, d/2]` cosines and sines.
   *
   * @param position its components; of text, the one number that all of them are
   */
  write(position: number | readonly number[], row: number, cosine: Float32Array, sine: Float32Array): void {
    const isText = typeof position === "number";
    this.#grow((isText ? position : Math.max(...position)) + 1);
    const { half } = this;
    for (let i = 0; i < half; i++) {
      const own = isText ? position : position[this.#component[i]!]!;
      const from = own * half + i;
      cosine[row * half + i] = this.#cosine[from] ?? Math.cos(this.#angle(own, i));
      sine[row * half + i] = this.#sine[from] ?? Math.sin(this.#angle(own, i));
    }
  }

  #angle(position: number, i: number): number {
    return Math.fround(position * this.#frequencies[i]!);
  }

  #grow(positions: number): void {
    const known = this.#cosine.length / this.half;
    if (positions <= known || known === MOST) {
      return;
    }
    const count = Math.min(MOST, Math.max(positions, 2 * known, 256));
    this.#cosine = new Float32Array(count * this.half);
    this.#sine = new Float32Array(count * this.half);
    for (let position = 0; position < count; position++) {
      for (let i = 0; i < this.half; i++) {
        const angle = this.#angle(position, i);
        this.#cosine[position * this.half + i] = Math.cos(angle);
        this.#sine[position * this.half + i] = Math.sin(angle);
      }
    }
  }
}
