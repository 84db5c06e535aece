/**
 * @module
 * Metrics of an iteration's completions and of their rewards.
 */
import { groupSpread, mean, shareOf } from "../../math/index.ts";
import { type Group, groupRewards, hasSpread } from "../batch/group.ts";

/** Metrics of rewards and verdicts. A part is a mean over the judged completions that have it. */
export function rewardNumbers(groups: readonly Group[]) {
  const rewards = groups.flatMap(({ rollouts }) =>
    rollouts.flatMap(({ reward }) => (reward.value === null ? [] : [{ ...reward, value: reward.value }])),
  );
  const verdicts = groups.flatMap(({ rollouts }) =>
    rollouts.flatMap(({ reward }) => reward.judgement.score ?? []),
  );
  const failed = groups.flatMap(({ rollouts }) => rollouts.filter(({ reward }) => reward.failures)).length;
  const names = new Set(rewards.flatMap(({ parts }) => Object.keys(parts)));
  const rewardParts = Object.fromEntries(
    [...names].sort().map((name) => [name, mean(rewards.flatMap(({ parts }) => parts[name] ?? []))]),
  );
  const total = groups.reduce((sum, { rollouts }) => sum + rollouts.length, 0);
  return {
    reward: mean(rewards.map(({ value }) => value)),
    rewardParts,
    accuracy: mean(verdicts),
    unscorable: total - rewards.length,
    withoutAnswer: shareOf(
      groups.flatMap(({ rollouts }) => rollouts.filter(({ reward }) => reward.judgement.extracted === null))
        .length,
      total,
    ),
    ...(failed > 0 && { failedRewards: failed }),
    groupSpread: mean(groups.map((group) => groupSpread(groupRewards(group)).deviation)),
    groupsWithoutSpread: shareOf(groups.filter((group) => !hasSpread(group)).length, groups.length),
  };
}

/** Metrics of lengths and of entropy. */
export function completionNumbers(groups: readonly Group[]) {
  const completions = groups.flatMap(({ rollouts }) => rollouts.map(({ completion }) => completion));
  const lengths = completions.map(({ tokens }) => tokens.length);
  const tokens = lengths.reduce((sum, length) => sum + length, 0);
  const entropy = completions.reduce(
    (sum, completion) => sum + completion.entropy.reduce((a, b) => a + b, 0),
    0,
  );
  return {
    completions: completions.length,
    tokens,
    completionTokensMean: mean(lengths),
    completionTokensMax: Math.max(0, ...lengths),
    truncatedShare: shareOf(
      completions.filter(({ stopReason }) => stopReason === "length").length,
      completions.length,
    ),
    entropy: shareOf(entropy, tokens),
  };
}
