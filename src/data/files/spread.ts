/**
 * @module
 * Numbers in short: least, middle, mean and greatest.
 */

/** Least, middle and greatest of some numbers, and their mean. */
export interface Spread {
  readonly least: number;
  readonly median: number;
  readonly mean: number;
  readonly greatest: number;
}

/** The spread of some numbers; undefined of none. */
export function spread(values: readonly number[]): Spread | undefined {
  if (values.length === 0) return undefined;
  const sorted = Float64Array.from(values).sort();
  const sum = sorted.reduce((total, value) => total + value, 0);
  const middle = sorted.length >> 1;
  const median = sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
  return { least: sorted[0]!, median, mean: sum / sorted.length, greatest: sorted[sorted.length - 1]! };
}
