/**
 * @module
 * Levenshtein distance.
 */

/**
 * Insertions, deletions and substitutions that turn one sequence of characters into another.
 *
 * @param limit the largest distance of interest; default: no limit
 * @returns undefined beyond the limit
 */
export function levenshtein(
  a: readonly string[],
  b: readonly string[],
  limit: number = Math.max(a.length, b.length),
): number | undefined {
  if (Math.abs(a.length - b.length) > limit) return undefined;
  let row = Uint32Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = new Uint32Array(b.length + 1).fill(limit + 1);
    const from = Math.max(1, i - limit);
    const to = Math.min(b.length, i + limit);
    next[0] = i;
    for (let j = from; j <= to; j++) {
      const swap = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next[j] = Math.min(swap, next[j - 1]! + 1, j < i + limit ? row[j]! + 1 : limit + 1);
    }
    row = next;
  }
  return row[b.length]! > limit ? undefined : row[b.length];
}
