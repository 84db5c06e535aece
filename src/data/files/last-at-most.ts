/**
 * @module
 * A search in a list in ascending order, by halves.
 */

/** Place of the last item whose number is at most `wanted`; −1 where there is none. */
export function lastAtMost<T>(items: readonly T[], wanted: number, numberOf: (item: T) => number): number {
  let [from, to] = [0, items.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (numberOf(items[middle]!) <= wanted) from = middle + 1;
    else to = middle;
  }
  return from - 1;
}
