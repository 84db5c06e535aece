/**
 * @module
 * Values that take memory, of which only the values used last are kept.
 */

/** Values by key; beyond a number of them the one used longest ago makes room. */
export class Recent<K, V> {
  readonly #most: number;
  /** In the order of their last use. */
  readonly #values = new Map<K, V>();

  /** @param most values that are kept */
  constructor(most: number) {
    this.#most = most;
  }

  /** The value of a key; `make` creates a missing value. */
  use(key: K, make: () => V): V {
    const value = this.#values.has(key) ? this.#values.get(key)! : make();
    this.#values.delete(key);
    this.#values.set(key, value);
    const [oldest] = this.#values.keys();
    if (oldest !== undefined && this.#values.size > this.#most) this.#values.delete(oldest);
    return value;
  }

  /** The value of a key, which this call counts as used; undefined if the key has no value. */
  get(key: K): V | undefined {
    return this.#values.has(key) ? this.use(key, () => this.#values.get(key)!) : undefined;
  }

  delete(key: K): void {
    this.#values.delete(key);
  }

  /** Keys and values, the one used longest ago first; none of them counts as used. */
  entries(): (readonly [K, V])[] {
    return [...this.#values];
  }
}
