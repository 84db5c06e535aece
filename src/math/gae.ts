/**
 * @module
 * Generalised advantage estimation: token advantages from token rewards and a value head's estimates, and the returns
 * that the value head is to learn. Whitening of the result is in `whiten.ts`, the value loss in `value-loss.ts`.
 */
import { requireArray, requireFinite, requireLength, requireNumber } from "./check.ts";
import { checked, numberIn, optional, readOptions } from "./options.ts";

/** How far an advantage looks ahead. */
export interface GaeOptions {
  /** Discount γ of a token's reward per token of delay, in [0, 1]. Default 1. */
  readonly gamma?: number | undefined;
  /** Decay λ of the estimator, in [0, 1]: 0 trusts the values, 1 the rewards. Default 0.95. */
  readonly lambda?: number | undefined;
  /** `[T]`, 1 where the token counts; all count when absent. */
  readonly mask?: ArrayLike<number> | undefined;
}

const OPTIONS = {
  gamma: numberIn(0, 1, 1),
  lambda: numberIn(0, 1, 0.95),
  mask: optional(checked<ArrayLike<number>>([], requireArray)),
};

/** Token advantages with the targets of the values. */
export interface GaeEstimate {
  /** `[T]` reward units; 0 at masked tokens. */
  readonly advantages: Float64Array;
  /** `[T]` advantage + value; 0 at masked tokens. */
  readonly returns: Float64Array;
}

/**
 * Generalised advantage estimates of one completion.
 *
 *     δₜ = rₜ + γ·Vₜ₊₁ − Vₜ            V is 0 after the last token
 *     Aₜ = δₜ + γλ·Aₜ₊₁
 *     returnₜ = Aₜ + Vₜ
 *
 * Source: arXiv:1506.02438, eqs. 11 to 16. With λ = 1 the return is the discounted sum of the rewards to come, for
 * any values. Masked tokens are stepped over: a token's next token is the next that counts.
 *
 * @param rewards `[T]` reward of each token; an outcome reward is at the last token that counts
 * @param values `[T]` V of the state in which each token was chosen, reward units
 * @throws ConfigError when an option is unknown
 * @throws ShapeError when the lengths differ
 * @throws NumericError when γ or λ is outside [0, 1], or a counted reward or value is not finite
 * @example
 * gae([0, 0, 1], [0.5, 0.5, 0.5], { gamma: 1, lambda: 0.5 }).advantages; // [0.125, 0.25, 0.5]
 */
export function gae(
  rewards: ArrayLike<number>,
  values: ArrayLike<number>,
  options: GaeOptions = {},
): GaeEstimate {
  const { gamma, lambda, mask } = readOptions(options, OPTIONS);
  requireArray("rewards", rewards);
  const { length } = rewards;
  requireLength("values", values, length);
  if (mask) requireLength("mask", mask, length);
  requireFinite("rewards", rewards, mask);
  requireFinite("values", values, mask);
  const advantages = new Float64Array(length);
  const returns = new Float64Array(length);
  let nextValue = 0;
  let nextAdvantage = 0;
  for (let t = length - 1; t >= 0; t--) {
    if (mask && mask[t] === 0) continue;
    const value = values[t]!;
    const surprise = rewards[t]! + gamma * nextValue - value;
    nextAdvantage = surprise + gamma * lambda * nextAdvantage;
    nextValue = value;
    advantages[t] = nextAdvantage;
    returns[t] = nextAdvantage + value;
  }
  return { advantages, returns };
}

/**
 * The reward of each token: the outcome at the last token that counts, less a penalty at each.
 *
 *     rₜ = R·1[t is the last that counts] − penaltyₜ
 *
 * @param outcome R
 * @param mask `[T]`, 1 where the token counts; a completion without such a token has no rewards
 * @param penalties `[T]`, such as β·KLₜ; none when absent
 * @returns `[T]`; 0 at masked tokens
 * @throws ShapeError when the lengths differ
 * @throws NumericError when the outcome or a counted penalty is not finite
 */
export function tokenRewards(
  outcome: number,
  mask: ArrayLike<number>,
  penalties?: ArrayLike<number>,
): Float64Array {
  requireNumber("outcome", outcome);
  requireArray("mask", mask);
  if (penalties) {
    requireLength("penalties", penalties, mask.length);
    requireFinite("penalties", penalties, mask);
  }
  const rewards = Float64Array.from(mask, (counts, t) => (counts === 0 ? 0 : -(penalties?.[t] ?? 0) + 0));
  for (let t = mask.length - 1; t >= 0; t--) {
    if (mask[t] === 0) continue;
    rewards[t]! += outcome;
    break;
  }
  return rewards;
}
