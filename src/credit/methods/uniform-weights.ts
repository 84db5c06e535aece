/**
 * @module
 * Weights of tokens that share credit evenly.
 */

/**
 * The same weight for every token that counts.
 *
 *     w = weight·m
 *
 * @param mask `[T]` 1 where the token counts
 * @param weight 1 unless given; with 1 every objective is exactly what it is without weights
 */
export function uniformWeights(mask: ArrayLike<number>, weight = 1): Float64Array {
  return Float64Array.from(mask, (counts) => (counts === 0 ? 0 : weight));
}
