/**
 * @module
 * The tokens of a completion with the highest scores: what methods keep that learn from a share of the tokens only.
 */
import { decimalCeiling } from "../math/index.ts";
import { counts } from "./check-signals.ts";

/**
 * 1 for the ⌈share·T⌉ tokens of highest score, else 0; T runs over the tokens that count, and the share is taken as the
 * decimal number that it is written as: 0.28 of 25 tokens are 7.
 *
 * Of equal scores the earlier token goes first.
 *
 * @param scores `[T]`, finite where tokens count
 * @param share in [0, 1]
 */
export function topShare(scores: ArrayLike<number>, share: number, mask?: ArrayLike<number>): Float64Array {
  const order: number[] = [];
  for (let t = 0; t < scores.length; t++) if (counts(mask, t)) order.push(t);
  order.sort((a, b) => scores[b]! - scores[a]! || a - b);
  const kept = new Float64Array(scores.length);
  for (const t of order.slice(0, decimalCeiling(share, order.length))) kept[t] = 1;
  return kept;
}
