/**
 * @module
 * Group-relative advantages of a completion over the other completions of its prompt. `surrogate.ts` multiplies by the
 * advantage; the credit layer gives token weights.
 */
import { NumericError } from "../errors/index.ts";
import { requireArray } from "./check.ts";
import { numberIn, oneOf, readOptions } from "./options.ts";

/** Rewards of a group; `null` (or NaN, in typed arrays) where no verifier could judge the completion. */
export type Rewards = ArrayLike<number | null>;

/** How group rewards become advantages. */
export interface AdvantageOptions {
  /** Divide by the group's standard deviation, or leave reward units. Default `"std"`. */
  readonly scale?: "std" | "none";
  /** Added to the standard deviation so that nearly equal rewards do not explode. Default 1e-6. */
  readonly epsilon?: number;
}

const OPTIONS = { scale: oneOf(["std", "none"], "std"), epsilon: numberIn(0, Infinity, 1e-6) };

/** Statistics of a group's scorable rewards. */
export interface GroupSpread {
  /** Rewards that are neither null nor NaN. */
  readonly scorable: number;
  /** Mean of the scorable rewards; 0 when there are none. */
  readonly mean: number;
  /** Unbiased standard deviation (n − 1); 0 for fewer than two rewards. */
  readonly deviation: number;
  /** False when all scorable rewards are equal, or fewer than two: such a group carries no gradient. */
  readonly hasSpread: boolean;
}

/** Whether a verifier judged this completion. */
export function isScorable(reward: number | null | undefined): reward is number {
  return reward !== null && reward !== undefined && !Number.isNaN(reward);
}

/**
 * Mean and unbiased standard deviation of a group's scorable rewards.
 *
 * @param rewards `[G]`
 * @throws ShapeError when rewards is no array
 * @throws NumericError when a reward is infinite, or the difference of two
 */
export function groupSpread(rewards: Rewards): GroupSpread {
  requireArray("rewards", rewards);
  const scored: number[] = [];
  for (let i = 0; i < rewards.length; i++) {
    const reward = rewards[i];
    if (!isScorable(reward)) continue;
    if (!Number.isFinite(reward)) {
      throw new NumericError(`rewards[${i}]: expected a finite number, null or NaN, got ${reward}`);
    }
    scored.push(reward);
  }
  const first = scored[0] ?? 0;
  if (scored.every((reward) => reward === first)) {
    return { scorable: scored.length, mean: first, deviation: 0, hasSpread: false };
  }
  let mean = 0;
  for (const reward of scored) mean += reward / scored.length;
  // By the greatest of them, so that squares of very small or large differences neither vanish nor overflow.
  let greatest = 0;
  for (const reward of scored) greatest = Math.max(greatest, Math.abs(reward - mean));
  // Rewards apart by the last bit may all round to their mean.
  if (greatest === 0) return { scorable: scored.length, mean, deviation: 0, hasSpread: false };
  let squares = 0;
  for (const reward of scored) squares += ((reward - mean) / greatest) ** 2;
  const deviation = greatest * Math.sqrt(squares / (scored.length - 1));
  if (!Number.isFinite(deviation)) throw tooFarApart();
  return { scorable: scored.length, mean, deviation, hasSpread: true };
}

function tooFarApart(): NumericError {
  return new NumericError("rewards: they differ by more than a number can hold");
}

/**
 * Advantage of each completion against its group.
 *
 *     Âᵢ = (Rᵢ − mean R) / (std R + epsilon)        scale "std", std over n − 1
 *     Âᵢ =  Rᵢ − mean R                             scale "none"
 *
 * Source: GRPO, arXiv:2402.03300, section 4.1.2; scale "none": Dr. GRPO, arXiv:2503.20783. Implementations agree on
 * the unbiased deviation and on epsilon; the papers print neither.
 *
 * A group whose scorable rewards are all equal, a group of one included, has advantage 0 throughout. Rewards that
 * are null or NaN take no part in mean and deviation and get advantage 0.
 *
 * @param rewards `[G]`, any finite unit
 * @returns `[G]`, in group standard deviations or in reward units
 * @throws ConfigError when an option is unknown, or the scale is another
 * @throws NumericError when a reward is infinite, or the difference of two, or epsilon is not a finite number ≥ 0
 * @example
 * groupAdvantages([1, 0, 0, 1], { epsilon: 0 }); // [√3/2, −√3/2, −√3/2, √3/2]
 */
export function groupAdvantages(rewards: Rewards, options: AdvantageOptions = {}): Float64Array {
  const { scale, epsilon } = readOptions(options, OPTIONS);
  const { mean, deviation, hasSpread } = groupSpread(rewards);
  const advantages = new Float64Array(rewards.length);
  if (!hasSpread) return advantages;
  const divisor = scale === "std" ? deviation + epsilon : 1;
  for (let i = 0; i < rewards.length; i++) {
    const reward = rewards[i];
    if (isScorable(reward)) advantages[i] = (reward - mean) / divisor;
  }
  return advantages;
}

/**
 * Advantage of each completion against the mean of the others.
 *
 *     Âᵢ = Rᵢ − Σ_{j ≠ i} Rⱼ / (n − 1) = (Rᵢ − mean R) · n / (n − 1)
 *
 * Source: RLOO, arXiv:2402.14740. Equal rewards and groups of one give 0; null and NaN are left out.
 *
 * @param rewards `[G]`
 * @returns `[G]`, reward units
 * @throws NumericError when a reward is infinite, or the difference of two
 */
export function leaveOneOutAdvantages(rewards: Rewards): Float64Array {
  const { scorable } = groupSpread(rewards);
  const advantages = groupAdvantages(rewards, { scale: "none" });
  if (scorable < 2) return advantages;
  const factor = scorable / (scorable - 1);
  if (!advantages.every((advantage) => Number.isFinite(advantage * factor))) throw tooFarApart();
  return advantages.map((advantage) => (advantage * scorable) / (scorable - 1));
}
