/**
 * @module
 * Static shapes: sizes are rounded up to few values, so that few programs serve all batches.
 */

/** The smallest 2^k or 3·2^k that is at least `n`. */
export function roundUpCount(n: number): number {
  const power = 2 ** Math.ceil(Math.log2(Math.max(1, n)));
  return n <= (power * 3) / 4 && power >= 4 ? (power * 3) / 4 : power;
}

/** The largest 2^k or 3·2^k that is at most `n`; 0 below 1. */
export function roundDownCount(n: number): number {
  if (n < 1) {
    return 0;
  }
  const power = 2 ** Math.floor(Math.log2(n));
  return power >= 2 && n >= power * 1.5 ? power * 1.5 : power;
}

/** The smallest multiple of `step` that is at least `n` and not 0. */
export function roundUpLength(n: number, step = 8): number {
  return Math.max(1, Math.ceil(n / step)) * step;
}
