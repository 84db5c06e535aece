/**
 * @module
 * The data of one iteration: the completions of each prompt with their rewards.
 */
import type { Completion } from "../../engine/index.ts";
import type { Question } from "../../eval/index.ts";
import { groupSpread } from "../../math/index.ts";
import type { CompletionReward, Tally } from "../../reward/index.ts";

/** One completion with its verdict and its rewards. */
export interface Rollout {
  /** Sampled from noised images, by NoisyRollout; its log-probs are those on the clean images. */
  readonly isNoised?: true;
  readonly completion: Completion;
  readonly text: string;
  readonly reward: CompletionReward;
}

/** A group compared with a group for the same question with shuffled video frames. */
export interface OrderComparison {
  /** The group itself. */
  readonly ordered: Tally;
  /** The group with shuffled frames. */
  readonly shuffled: Tally;
  /** Whether any rollout of the group got the temporal reward. */
  readonly isRewarded: boolean;
  /** Sampled for the comparison, and never trained on. */
  readonly shuffledTokens: number;
}

/** The rollouts of one prompt. */
export interface Group extends Question {
  readonly rollouts: readonly Rollout[];
  /** Only with a temporal reward, if the problem has a video of two frames or more. */
  readonly temporal?: OrderComparison;
  /** One completion of an earlier iteration that is trained on again. */
  readonly isReplayed?: true;
  /**
   * Further rewards with which the group is compared: of the problem's other forms, if it has several; of a replayed
   * completion, the rewards of the rest of its group.
   */
  readonly others?: readonly (number | null)[];
  /** Of a problem in several forms, its number in its round of sampling, which all its forms have. */
  readonly drawn?: number;
  /** `[K][G]` rewards that are normalised apart; only where there are any. */
  readonly separate?: readonly (readonly (number | null)[])[];
}

/** A completion that may be learnt from again. */
export interface ReplayEntry {
  /** Of its problem in the source. */
  readonly index: number;
  readonly rollout: Rollout;
  /** Rewards of the rest of its group. */
  readonly others: readonly (number | null)[];
  /** Its advantage when it was sampled. */
  readonly advantage: number;
}

/** `[G]` rewards of a group; null where a completion has none. */
export function groupRewards(group: Group): (number | null)[] {
  return group.rollouts.map(({ reward }) => reward.value);
}

/** Whether any rewards of the comparison differ, so that the group has a gradient. */
export function hasSpread(group: Group): boolean {
  return spreads(group, groupRewards(group));
}

/** The same with given rewards in place of the group's. */
export function spreads({ others = [], separate = [] }: Group, rewards: readonly (number | null)[]): boolean {
  return [[...rewards, ...others], ...separate].some((compared) => groupSpread(compared).hasSpread);
}
