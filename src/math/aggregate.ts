/**
 * @module
 * How per-token terms become one number. An aggregation is linear, so it is given as one scale per token. The loss is
 * Σ scale·term over all tokens of all completions, and the same scales carry the gradient.
 *
 * Masked tokens have scale 0. Completions without counted tokens, such as truncated completions whose mask was
 * cleared, leave both the numerator and the denominator.
 */
import { NumericError } from "../errors/index.ts";
import { requireArray, requireObjects } from "./check.ts";

/**
 * Masks of all completions of the batch, `[B][T]`, 1 where the token counts, to scales of the same shape.
 *
 * `completions` is the divisor of means over completions; default: the completions with a token that counts.
 */
export type Aggregation = (masks: readonly ArrayLike<number>[], completions?: number) => Float64Array[];

/**
 * Every token of the batch counts the same.
 *
 *     scale = m / Σ_{i,t} m
 *
 * Source: DAPO, arXiv:2503.14476, section 3.3. The sum runs over the whole batch given, so give it the global one.
 */
export const tokenMean: Aggregation = (masks) => {
  requireObjects("masks", masks);
  let total = 0;
  for (const mask of masks) total += countTokens(mask);
  return masks.map((mask) => scales(mask, total));
};

/**
 * Every completion counts the same, every token the same within its completion.
 *
 *     scale = m / (B · Σ_t m)
 *
 * Source: GRPO, arXiv:2402.03300, eq. 3.
 */
export const sequenceMean: Aggregation = (masks, completions = countCompletions(masks)) => {
  return masks.map((mask) => scales(mask, completions * countTokens(mask)));
};

/**
 * Sum over tokens by a constant, mean over completions: length neither dilutes nor adds.
 *
 *     scale = m / (B · length)
 *
 * Source: Dr. GRPO, arXiv:2503.20783.
 *
 * @param length the constant, in tokens; by default the most tokens that count in one completion of the batch, so that
 *   padding changes nothing
 * @throws NumericError when length is not above 0
 */
export function sequenceSumNorm(length?: number): Aggregation {
  if (length !== undefined && !(length > 0 && Number.isFinite(length))) {
    throw new NumericError(`length: expected a finite number > 0, got ${length}`);
  }
  return (masks, completions = countCompletions(masks)) => {
    const longest = masks.reduce((most, mask) => Math.max(most, countTokens(mask)), 0);
    const divisor = completions * (length ?? longest);
    return masks.map((mask) => scales(mask, divisor));
  };
}

/**
 * Tokens that count.
 *
 * @throws ShapeError when the mask is no array
 */
export function countTokens(mask: ArrayLike<number>): number {
  requireArray("mask", mask);
  let count = 0;
  for (let t = 0; t < mask.length; t++) if (mask[t] !== 0) count++;
  return count;
}

function countCompletions(masks: readonly ArrayLike<number>[]): number {
  requireObjects("masks", masks);
  return masks.filter((mask) => countTokens(mask) > 0).length;
}

function scales(mask: ArrayLike<number>, divisor: number): Float64Array {
  if (!(divisor > 0) && countTokens(mask) > 0) {
    throw new NumericError(
      `completions: expected a number > 0 for tokens that count, got a divisor of ${divisor}`,
    );
  }
  return Float64Array.from(mask, (counts) => (counts === 0 ? 0 : 1 / divisor));
}
