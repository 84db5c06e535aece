/**
 * @module
 * T-GRPO's temporal reward: right answers about a video earn more where the model answers at least as well with the
 * frames in order as with the frames shuffled. The rest is ordinary group-relative RL.
 *
 * Source: Video-R1, arXiv:2503.21776, section 3.2.
 */
import * as z from "zod";
import { NumericError } from "../errors/index.ts";
import { decimalCeiling } from "../math/index.ts";
import type { CompletionReward } from "./completion-reward.ts";

/** The entry of the reward list that compares frame orders. */
export const temporalSchema = z
  .strictObject({
    kind: z.literal("temporal"),
    weight: z
      .number()
      .positive()
      .default(0.3)
      .describe("Extra reward of a right answer if frame order helps; T-GRPO's alpha."),
    factor: z
      .number()
      .min(0)
      .default(1)
      .describe(
        "Least ratio of the share of right answers with ordered frames to the share with shuffled frames: 1 in the paper, 0.8 in its authors' code.",
      ),
    shuffledGroupSize: z
      .int()
      .min(1)
      .optional()
      .describe(
        "Completions per video problem with shuffled frames; default: half of train.groupSize, rounded down.",
      ),
  })
  .describe("T-GRPO's reward for using the order of a video's frames; needs problems with videos.");

/** Its options. */
export type TemporalOptions = z.output<typeof temporalSchema>;

/** Numbers of judged and of right completions of one problem. */
export interface Tally {
  readonly right: number;
  readonly judged: number;
}

/** Number of right completions, with a score of at least one half. */
export function tallyRight(rewards: readonly CompletionReward[]): Tally {
  const judged = rewards.filter((reward) => reward.value !== null);
  const right = judged.filter((reward) => (reward.judgement.score ?? 0) >= 0.5);
  return { right: right.length, judged: judged.length };
}

/**
 * Whether the order of frames helps: p ≥ factor · p̃, where p and p̃ are the shares of right completions with the frames
 * in order and shuffled.
 *
 * Source: arXiv:2503.21776, eq. 1, which has a factor of 1. Both sides are multiplied by both numbers of completions,
 * and the factor is used as the decimal number it is written as, so equal shares compare as equal.
 *
 * @returns false if either group has no judged completion
 * @throws NumericError when the factor is not a finite number of at least 0
 * @example
 * orderHelps({ right: 4, judged: 8 }, { right: 2, judged: 4 }, 1); // true
 */
export function orderHelps(ordered: Tally, shuffled: Tally, factor: number): boolean {
  if (!(factor >= 0 && factor < Infinity)) {
    throw new NumericError(`factor: expected a finite number of at least 0, got ${factor}`);
  }
  if (ordered.judged === 0 || shuffled.judged === 0) return false;
  return ordered.right * shuffled.judged >= decimalCeiling(factor, shuffled.right * ordered.judged);
}

/**
 * The rewards of a group with the temporal reward, arXiv:2503.21776, eq. 2.
 *
 *     Rᵢ = rᵢ + weight   where order helps and completion i is right
 *     Rᵢ = rᵢ            otherwise
 *
 * @param rewards of the completions with frames in order; a value of null stays null
 * @returns rewards with the part `temporal`, 1 or 0
 */
export function temporalRewards(
  rewards: readonly CompletionReward[],
  helps: boolean,
  weight: number,
): CompletionReward[] {
  return rewards.map((reward) => {
    if (reward.value === null) return reward;
    const temporal = helps && tallyRight([reward]).right === 1 ? 1 : 0;
    return {
      ...reward,
      value: temporal === 1 ? reward.value + weight : reward.value,
      parts: { ...reward.parts, temporal },
    };
  });
}
