/**
 * @module
 * Weights of tokens that share credit evenly.
 */

import { requireArray, requireNumber } from "../../math/check.ts";
import { counts } from "../check-signals.ts";

/**
 * The same weight for every token that counts.
 *
 *     w = weight·m
 *
 * @param mask `[T]` 1 where the token counts
 * @param weight 1 unless given; with 1 every objective is exactly what it is without weights
 * @throws ShapeError when the mask is no array
 * @throws NumericError when the weight is not finite
 */
export function uniformWeights(mask: ArrayLike<number>, weight = 1): Float64Array {
  requireArray("mask", mask);
  requireNumber("weight", weight);
  return evenWeights(mask.length, mask, weight);
}

/** The same of T tokens, all of which count without a mask. */
export function evenWeights(tokens: number, mask: ArrayLike<number> | undefined, weight = 1): Float64Array {
  return new Float64Array(tokens).fill(weight).map((own, t) => (counts(mask, t) ? own : 0));
}
