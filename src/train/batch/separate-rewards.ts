/**
 * @module
 * Separately normalised rewards: the completions that each compares, and the factors of their advantages that follow
 * targets.
 *
 * Sources: GDPO, arXiv:2601.05242; the multipliers, Faithful GRPO, arXiv:2604.08476.
 */
import { isScorable, mean } from "../../math/index.ts";
import type { Reward } from "../../reward/index.ts";
import type { SeparateRewards } from "../schedule/separate-schema.ts";
import type { Group, Rollout } from "./group.ts";

/** Rewards of a run, with separately normalised rewards removed from the sum. */
export function separated(rewards: readonly Reward[], separate: SeparateRewards | undefined): Reward[] {
  const names = new Set(separate?.rewards.map(({ name }) => name));
  return rewards.map((reward) => (names.has(reward.name) ? { ...reward, isSeparate: true } : reward));
}

/** Names that no reward of the run has. */
export function unknownSeparate(rewards: readonly Reward[], separate: SeparateRewards | undefined): string[] {
  const names = new Set(rewards.map(({ name }) => name));
  return (separate?.rewards ?? []).map(({ name }) => name).filter((name) => !names.has(name));
}

/** `[K][G]` separately normalised rewards of a group; null where a reward does not apply to the completion. */
export function separateScores(
  rollouts: readonly Rollout[],
  { rewards }: SeparateRewards,
): (number | null)[][] {
  return rewards.map(({ name, onlyRight }) =>
    rollouts.map(({ reward }) => {
      const isRight = (reward.judgement.score ?? 0) >= 0.5;
      return onlyRight && !isRight ? null : (reward.parts[name] ?? null);
    }),
  );
}

/**
 * The factors after an iteration.
 *
 *     λₖ ← clip(λₖ + rate·(τₖ − mean of reward k), 0, most)      with a target and enough scores, else λₖ
 *
 * @param factors `[K]` before it
 * @param groups of the iteration
 */
export function followedFactors(
  factors: readonly number[],
  groups: readonly Pick<Group, "separate">[],
  { rewards, rate, most, leastScores }: SeparateRewards,
): number[] {
  return rewards.map(({ target }, k) => {
    const factor = factors[k]!;
    const scores = groups.flatMap(({ separate }) => separate?.[k] ?? []).filter(isScorable);
    if (target === undefined || scores.length < leastScores) return factor;
    return Math.min(most, Math.max(0, factor + rate * (target - mean(scores))));
  });
}
