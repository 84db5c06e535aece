/**
 * @module
 * Sums and shares.
 */
import { requireArray } from "./check.ts";

/** A part of a whole; 0 of nothing. */
export function shareOf(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

/** The sum of numbers, in their order. */
export function sum(values: ArrayLike<number>): number {
  requireArray("values", values);
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i]!;
  return total;
}
