/**
 * @module
 * Values that may be asked for again: bounded by their number and their bytes, the least recently used dropped first.
 */

/** An object that a value refers to, such as an image's pixels; objects that several values share count once. */
export interface Held {
  readonly object: object;
  readonly bytes: number;
}

/** Largest number of values, and of their bytes. */
export interface KeptLimits {
  readonly values: number;
  readonly bytes: number;
}

interface Entry<T> {
  readonly value: T;
  held: readonly Held[];
}

export class Kept<T> {
  readonly #limits: KeptLimits;
  /** In the order of the last use. */
  readonly #entries = new Map<string, Entry<T>>();
  readonly #references = new Map<object, number>();
  #bytes = 0;

  constructor(limits: KeptLimits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Bytes of all that is kept. */
  get bytes(): number {
    return this.#bytes;
  }

  /**
   * The value of a key, which is used now; made where there is none.
   *
   * @param heldBy what a new value refers to; where that is known later, `hold` notes it
   */
  use(key: string, make: () => T, heldBy: (value: T) => readonly Held[] = () => []): T {
    const known = this.#entries.get(key);
    if (known !== undefined) {
      this.#entries.delete(key);
      this.#entries.set(key, known);
      return known.value;
    }
    const value = make();
    this.#entries.set(key, { value, held: [] });
    this.hold(key, value, heldBy(value));
    return value;
  }

  /** Notes what a value refers to, if it is still kept. */
  hold(key: string, value: T, held: readonly Held[]): void {
    const entry = this.#entries.get(key);
    if (entry?.value !== value) return;
    this.#release(entry.held);
    entry.held = held;
    for (const { object, bytes } of held) {
      const references = this.#references.get(object) ?? 0;
      this.#references.set(object, references + 1);
      if (references === 0) this.#bytes += bytes;
    }
    this.#trim();
  }

  /** Drops a value, unless the key has another by now. */
  drop(key: string, value: T): void {
    const entry = this.#entries.get(key);
    if (entry?.value !== value) return;
    this.#entries.delete(key);
    this.#release(entry.held);
  }

  #release(held: readonly Held[]): void {
    for (const { object, bytes } of held) {
      const references = (this.#references.get(object) ?? 1) - 1;
      if (references > 0) this.#references.set(object, references);
      else {
        this.#references.delete(object);
        this.#bytes -= bytes;
      }
    }
  }

  /** The newest stays, however large it is. */
  #trim(): void {
    const { values, bytes } = this.#limits;
    for (const [key, { value }] of this.#entries) {
      if (this.#entries.size <= 1 || (this.#entries.size <= values && this.#bytes <= bytes)) return;
      this.drop(key, value);
    }
  }
}
