/**
 * @module
 * A bound on how much runs at the same time: cells of grids, each once.
 */

interface Waiting {
  readonly rank: number;
  readonly key: string;
  readonly begin: () => void;
}

/** At most `count` works at a time, and one at a time of each key. The waiting work of least rank begins first. */
export class Slots {
  #free: number;
  #waiting: Waiting[] = [];
  readonly #busy = new Set<string>();

  constructor(count: number) {
    this.#free = count;
  }

  /** Does the work once a slot is free and no other work of this key is being done. */
  async run<Result>(rank: number, key: string, work: () => Promise<Result>): Promise<Result> {
    await new Promise<void>((begin) => {
      this.#waiting.push({ rank, key, begin });
      setImmediate(() => this.#next());
    });
    try {
      return await work();
    } finally {
      this.#free++;
      this.#busy.delete(key);
      // Later, so that work which follows on this one is already waiting.
      setImmediate(() => this.#next());
    }
  }

  #next(): void {
    while (this.#free > 0) {
      const able = this.#waiting.filter(({ key }) => !this.#busy.has(key));
      if (able.length === 0) return;
      const first = able.reduce((least, one) => (one.rank < least.rank ? one : least));
      this.#waiting = this.#waiting.filter((one) => one !== first);
      this.#free--;
      this.#busy.add(first.key);
      first.begin();
    }
  }
}
