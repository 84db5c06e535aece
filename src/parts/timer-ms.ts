/**
 * @module
 * Time limits that a timer can keep.
 */

/** The longest time of a timer, about 25 days; Node.js ends a longer one after 1 ms. */
const LONGEST_MS = 2 ** 31 - 1;

/** Milliseconds for a timer: whole, and no more than it can wait. */
export function timerMs(milliseconds: number): number {
  return Math.min(LONGEST_MS, Math.ceil(milliseconds));
}
