/**
 * @module
 * The wait before another attempt.
 */

/** Milliseconds. */
export interface WaitRange {
  readonly first: number;
  readonly longest: number;
}

/**
 * Between half and the whole of a wait that doubles with each attempt.
 *
 * @param attempt from 0
 * @param random from 0 to 1
 */
export function doubledWait({ first, longest }: WaitRange, attempt: number, random: number): number {
  return Math.min(longest, first * 2 ** attempt) * (0.5 + 0.5 * random);
}
