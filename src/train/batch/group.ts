/**
 * @module
 * What one iteration handles: the completions of a prompt with their rewards.
 */
import type { Completion } from "../../engine/index.ts";
import type { Question } from "../../eval/index.ts";
import { groupSpread } from "../../math/index.ts";
import type { CompletionReward, Tally } from "../../reward/index.ts";

/** One completion with its verdict and its rewards. */
export interface Rollout {
  /** Sampled from noised images, by NoisyRollout; its log-probs are of the images as they are. */
  readonly isNoised?: true;
  readonly completion: Completion;
  readonly text: string;
  readonly reward: CompletionReward;
}

/** A group held against another for the same question with the frames of its videos shuffled. */
export interface OrderComparison {
  /** The group itself. */
  readonly ordered: Tally;
  /** The other. */
  readonly shuffled: Tally;
  /** Whether any rollout of the group got the temporal reward. */
  readonly isRewarded: boolean;
  /** Sampled for the comparison, and never learnt from. */
  readonly shuffledTokens: number;
}

/** The rollouts of one prompt. */
export interface Group extends Question {
  readonly rollouts: readonly Rollout[];
  /** Only with a temporal reward, where the problem has a video of two frames or more. */
  readonly temporal?: OrderComparison;
  /** One completion of an earlier iteration that is learnt from again. */
  readonly isReplayed?: true;
  /**
   * Further rewards that the group is compared with: of the problem's other forms, where it has several; of a replayed
   * completion, those of the rest of its group.
   */
  readonly others?: readonly (number | null)[];
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

/** Whether rewards differ among all that the group is compared with and by, so that it carries a gradient. */
export function hasSpread(group: Group): boolean {
  return spreads(group, groupRewards(group));
}

/** The same with other rewards in the place of the group's own. */
export function spreads({ others = [], separate = [] }: Group, rewards: readonly (number | null)[]): boolean {
  return [[...rewards, ...others], ...separate].some((compared) => groupSpread(compared).hasSpread);
}
