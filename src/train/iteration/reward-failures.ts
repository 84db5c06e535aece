/**
 * @module
 * The failures of rewards in an iteration, as events.
 */
import type { Group } from "../batch/group.ts";
import type { RewardFailedEvent } from "../loop/events.ts";

/** Failures of rewards by message: the first message of each reward represents all of its failures. */
export function rewardFailures(iteration: number, groups: readonly Group[]): RewardFailedEvent[] {
  const found = new Map<string, { message: string; completions: number }>();
  for (const { rollouts } of groups) {
    for (const message of rollouts.flatMap(({ reward }) => reward.failures ?? [])) {
      const key = /^reward "[^"]*"/.exec(message)?.[0] ?? message;
      const before = found.get(key);
      found.set(key, { message: before?.message ?? message, completions: (before?.completions ?? 0) + 1 });
    }
  }
  return [...found.values()].map((failure) => ({ event: "reward-failed", iteration, ...failure }));
}
