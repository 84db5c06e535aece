/**
 * @module
 * Which columns of a data set its problems are made of, and which are left alone.
 */
import type { StatedRow } from "./file-source.ts";

/** Columns, or paths into them, by the parts of problems; and columns that no problem was made of. */
export interface ColumnUse {
  readonly used: Readonly<Record<string, readonly string[]>>;
  readonly ignored: readonly string[];
}

/** Gathers the columns of rows. */
export class ColumnCount {
  readonly #used = new Map<string, Set<string>>();
  readonly #present: Set<string>;
  readonly #read = new Set<string>();

  /** @param declared columns of the files, read or not */
  constructor(declared: readonly string[]) {
    this.#present = new Set(declared);
  }

  add({ row, stated }: StatedRow, solution: readonly string[]): void {
    for (const name of Object.keys(row)) this.#present.add(name);
    for (const [part, paths] of Object.entries({ ...stated.sources, solution })) {
      for (const path of paths) {
        const seen = this.#used.get(part) ?? new Set<string>();
        this.#used.set(part, seen.add(path));
        this.#read.add(Object.hasOwn(row, path) ? path : (path.split(".")[0] ?? path));
      }
    }
  }

  use(): ColumnUse {
    const used = [...this.#used].map(([part, paths]) => [part, [...paths]] as const);
    const ignored = [...this.#present].filter((name) => !this.#read.has(name)).sort();
    return { used: Object.fromEntries(used), ignored };
  }
}
