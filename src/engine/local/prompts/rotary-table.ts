/**
 * @module
 * Cosines and sines of the decoder's 3-D rotary positions (M-RoPE, arXiv:2409.12191): each frequency takes its
 * angle from time, height or width. Angles are rounded to single precision, as in the reference implementation.
 */
import { rotaryFrequencies, type TextConfig } from "../../../model/index.ts";

/** A position's three components. */
export type Position = readonly [time: number, height: number, width: number];

export class RotaryTable {
  readonly half: number;
  readonly #frequencies: Float32Array;
  /** Which component of a position each frequency follows. */
  readonly #component: Uint8Array;
  #cosine = new Float32Array();
  #sine = new Float32Array();

  constructor(config: TextConfig) {
    this.half = config.headDim / 2;
    this.#frequencies = rotaryFrequencies(config);
    this.#component = Uint8Array.from(
      config.mropeSection.flatMap((count, component) => new Array<number>(count).fill(component)),
    );
  }

  /** Writes one row of `[N, d/2]` cosines and sines. */
  write(position: Position, row: number, cosine: Float32Array, sine: Float32Array): void {
    this.#grow(Math.max(...position) + 1);
    const { half } = this;
    for (let i = 0; i < half; i++) {
      const from = position[this.#component[i]!]! * half + i;
      cosine[row * half + i] = this.#cosine[from]!;
      sine[row * half + i] = this.#sine[from]!;
    }
  }

  #grow(positions: number): void {
    const known = this.#cosine.length / this.half;
    if (positions <= known) {
      return;
    }
    const count = Math.max(positions, 2 * known, 256);
    this.#cosine = new Float32Array(count * this.half);
    this.#sine = new Float32Array(count * this.half);
    for (let position = 0; position < count; position++) {
      for (let i = 0; i < this.half; i++) {
        const angle = Math.fround(position * this.#frequencies[i]!);
        this.#cosine[position * this.half + i] = Math.cos(angle);
        this.#sine[position * this.half + i] = Math.sin(angle);
      }
    }
  }
}
