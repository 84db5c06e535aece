/**
 * @module
 * What one iteration handles: the completions of a prompt with their rewards.
 */
import type { Problem } from "../data/index.ts";
import type { Completion, Prompt } from "../engine/index.ts";
import { groupSpread } from "../math/index.ts";
import type { Reward } from "../verify/index.ts";

/** A problem, where it stands in its source, and the prompt made of it. */
export interface Question {
  readonly index: number;
  readonly problem: Problem;
  readonly prompt: Prompt;
}

/** One completion and what the verifier says of it; null where it cannot judge. */
export interface Rollout {
  readonly completion: Completion;
  readonly text: string;
  readonly reward: Reward | null;
}

/** The rollouts of one prompt. */
export interface Group extends Question {
  readonly rollouts: readonly Rollout[];
}

/** `[G]` rewards of a group; null where the verifier could not judge. */
export function groupRewards(group: Group): (number | null)[] {
  return group.rollouts.map(({ reward }) => reward?.value ?? null);
}

/** Whether a group's rewards differ, so that it carries a gradient. */
export function hasSpread(group: Group): boolean {
  return groupSpread(groupRewards(group)).hasSpread;
}
