/**
 * @module
 * Advantages of a group as the run's own algorithm computes them, from rewards alone.
 */

import type { Config } from "../../config/index.ts";
import { groupSpread } from "../../math/index.ts";
import { runAlgorithm } from "./run-algorithm.ts";

/**
 * `[G]` the advantage of each completion; null where rewards alone do not decide it: with a value head, KL in the reward,
 * comparisons of pairs, or an algorithm that this version does not know.
 */
export function advantagesOf(
  config: Pick<Config, "algorithm">,
  rewards: readonly (number | null)[],
): (number | null)[] {
  const unknown = rewards.map(() => null);
  try {
    const algorithm = runAlgorithm(config);
    if (algorithm === undefined) return unknown;
    if (algorithm.unit === "pair" || algorithm.advantage.values === "required") return unknown;
    if (algorithm.kl.placement === "reward" && algorithm.kl.coefficient > 0) return unknown;
    const completions = rewards.map(() => ({ mask: [1] }));
    const [group] = algorithm.advantage.of([{ rewards, completions }]).advantages;
    return rewards.map((reward, i) => (reward === null ? null : (group?.[i]?.[0] ?? null)));
  } catch {
    return unknown;
  }
}

/** Whether rewards of a group differ; groups of rewards that are not numbers have none. */
export function rewardsDiffer(rewards: readonly (number | null)[]): boolean {
  return groupSpread(rewards).hasSpread;
}
