/**
 * @module
 * Spans of tokens whose advantage is moved by a share of its size, up or down for either sign.
 */
import { requireArray, requireLength, requireNumber } from "../math/check.ts";
import { counts } from "./check-signals.ts";
import { advantageAt, checkAdvantage } from "./per-completion.ts";

/** Which tokens, how far and in which direction. */
export interface SignedSpans {
  /** `[T]` 1 in a span, else 0. */
  readonly span: ArrayLike<number>;
  /** Of the completion, or `[T]` of its tokens. */
  readonly advantage: number | ArrayLike<number>;
  /** `[T]` 1 where the token counts; all count when absent. */
  readonly mask?: ArrayLike<number> | undefined;
}

/**
 * Weights that move the advantage of marked tokens.
 *
 *     Aₜ' = Aₜ + s·α·mₜ·|Aₜ|,      weight Aₜ'/Aₜ = 1 + s·α·mₜ·sgn(Aₜ)
 *
 * @param strength α ≥ 0
 * @param direction s
 * @returns `[T]`; 1 where A = 0; 0 at masked tokens
 * @throws ShapeError when lengths differ
 * @throws NumericError when α is negative, or α or an advantage is not finite
 */
export function signedSpanWeights(
  { span, advantage, mask }: SignedSpans,
  strength: number,
  direction: 1 | -1,
): Float64Array {
  requireNumber("alpha", strength, 0);
  requireArray("span", span);
  if (mask !== undefined) requireLength("mask", mask, span.length);
  checkAdvantage(advantage, span.length, mask);
  return Float64Array.from(span, (inSpan, t) => {
    if (!counts(mask, t)) return 0;
    return 1 + direction * strength * inSpan * Math.sign(advantageAt(advantage, t));
  });
}
