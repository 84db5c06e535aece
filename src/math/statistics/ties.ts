/**
 * @module
 * Numbers that are equal on paper and differ in the last bits that rounding left.
 */

/** Numbers nearer than this share of their scale are equal. */
export const TIE = 1e-12;

/**
 * Whether all numbers are equal except for rounding.
 *
 * @param scale of the numbers that they were computed from; the greatest of them unless given
 * @example
 * areAlike([0.3, 0.1 + 0.2]); // true
 */
export function areAlike(values: ArrayLike<number>, scale = 0): boolean {
  let [least, most] = [Infinity, -Infinity];
  for (let i = 0; i < values.length; i++) {
    least = Math.min(least, values[i]!);
    most = Math.max(most, values[i]!);
  }
  return !(most - least > TIE * Math.max(scale, Math.abs(least), Math.abs(most)));
}
