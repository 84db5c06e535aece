/**
 * @module
 * The order of training problems.
 */
import type { ProblemSource } from "../../data/index.ts";
import { DataError } from "../../errors/index.ts";
import { Rng } from "../../math/index.ts";

/**
 * The index of the problem at a position of the stream. In an endless source it is the position itself; a finite
 * source is read epoch after epoch, each in its own random order.
 *
 * @param position counted from 0 over the whole run
 * @throws DataError when the source is empty
 */
export function problemOrder(source: ProblemSource, seed: number): (position: number) => number {
  const { size } = source;
  if (size === Infinity) return (position) => position;
  if (size < 1) throw new DataError(`data: expected at least one problem, got none (${source.fingerprint})`);
  const root = new Rng(seed);
  let epoch = -1;
  let order = new Uint32Array();
  return (position) => {
    const current = Math.floor(position / size);
    if (current !== epoch) {
      epoch = current;
      order = root.fork(`epoch/${epoch}`).shuffle(new Uint32Array(size).map((_, i) => i));
    }
    return order[position % size]!;
  };
}
