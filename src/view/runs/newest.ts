/**
 * @module
 * The newest of more things than a list shows.
 */
import { stat } from "node:fs/promises";
import type { Listed } from "../protocol.ts";

/** Something on disk with its id, and the file whose time is its age. */
export interface Aged {
  readonly id: string;
  readonly file: string;
}

/**
 * The newest of some things and all that are named, in their own order.
 *
 * @param most number of the newest
 */
export async function newestOf<T extends Aged>(
  all: readonly T[],
  most: number,
  named: ReadonlySet<string> = new Set(),
): Promise<Listed<T>> {
  if (all.length <= most) return { items: all, older: 0 };
  const times = await Promise.all(
    all.map(({ file }) =>
      stat(file)
        .then(({ mtimeMs }) => mtimeMs)
        .catch(() => 0),
    ),
  );
  // Of things of one time, the things further back in the list.
  const places = all.map((_, i) => i).sort((a, b) => (times[b] ?? 0) - (times[a] ?? 0) || b - a);
  const kept = new Set(places.slice(0, most));
  const items = all.filter(({ id }, i) => kept.has(i) || named.has(id));
  return { items, older: all.length - items.length };
}

/** A name that no other has, by a number behind it. */
export function freeId(name: string, taken: { has(id: string): boolean }): string {
  let id = name;
  for (let n = 2; taken.has(id); n++) id = `${name}~${n}`;
  return id;
}
