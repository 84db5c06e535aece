/**
 * @module
 * The cells of a grid in the order in which they run, and the part of them that one of several processes runs.
 */
import { ConfigError } from "../errors/index.ts";
import { type Cell, startKey } from "./cell.ts";

/** Part `index` of `of`, counted from 1. */
export interface Shard {
  readonly index: number;
  readonly of: number;
}

/**
 * Reads a shard such as `1/2`.
 *
 * @throws ConfigError when it is not a shard
 */
export function readShard(text: string): Shard {
  const [, index = 0, of = 0] = (/^(\d{1,4})\/(\d{1,4})$/.exec(text) ?? []).map(Number);
  if (index >= 1 && index <= of) return { index, of };
  throw new ConfigError(
    `--shard: expected a part and the number of parts, such as 1/2, got ${JSON.stringify(text)}`,
  );
}

/** The cells seed by seed, so that what is compared with each other is done early; else in their order. */
export function seedBySeed<C extends Pick<Cell, "seed">>(cells: readonly C[]): C[] {
  const seeds = [...new Set(cells.map(({ seed }) => seed))];
  return cells.toSorted((a, b) => seeds.indexOf(a.seed) - seeds.indexOf(b.seed));
}

/** The cells of a shard. Cells that begin with the same weights are in the same one, so that no two make these at once. */
export function shardCells(cells: readonly Cell[], { index, of }: Shard): Cell[] {
  const starts = [...new Set(cells.map(startKey))];
  return cells.filter((cell) => starts.indexOf(startKey(cell)) % of === index - 1);
}
