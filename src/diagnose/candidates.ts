/**
 * @module
 * Tokens to intervene on: an even sample of each class of judged tokens whose right texts are known.
 */
import type { RightTexts } from "../data/index.ts";
import type { Prompt } from "../engine/index.ts";
import type { Rng } from "../math/index.ts";

/** The classes of DyCo-RL's diagnosis (arXiv:2606.08035, section 4.1): P reads the image, R reasons; r right, e wrong. */
export const CLASSES = ["P^r", "P^e", "R^r", "R^e"] as const;
export type TokenClass = (typeof CLASSES)[number];

/** The class of a judged token; undefined where there is none. */
export function tokenClass(role: string, verdict: number): TokenClass | undefined {
  if (role === "other" || verdict < 0) return undefined;
  const isRight = verdict === 1;
  if (role === "image") return isRight ? "P^r" : "P^e";
  return isRight ? "R^r" : "R^e";
}

/** A judged token in its place. */
export interface Candidate {
  /** Its completion. */
  readonly unit: number;
  readonly prompt: Prompt;
  /** `[t + 1]`, up to and including the token. */
  readonly tokens: Int32Array;
  readonly right: RightTexts;
}

/** Keeps a uniform sample of bounded size of the offered items (Vitter's algorithm R). */
export class Reservoir<T> {
  readonly kept: T[] = [];
  readonly #size: number;
  readonly #rng: Rng;
  #offered = 0;

  constructor(size: number, rng: Rng) {
    this.#size = size;
    this.#rng = rng;
  }

  /** How many were offered. */
  get offered(): number {
    return this.#offered;
  }

  offer(item: () => T): void {
    this.#offered++;
    if (this.kept.length < this.#size) {
      this.kept.push(item());
    } else {
      const place = this.#rng.integer(this.#offered);
      if (place < this.#size) this.kept[place] = item();
    }
  }
}
