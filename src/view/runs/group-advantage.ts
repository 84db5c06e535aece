/**
 * @module
 * Advantages of a group as the run's own algorithm computes them, from rewards alone.
 */

import type { Config } from "../../config/index.ts";
import { groupSpread } from "../../math/index.ts";
import { resolveAlgorithm } from "../../objective/index.ts";

type Settings = Config["algorithm"];
type Resolved = ReturnType<typeof resolveAlgorithm>;
const algorithms = new WeakMap<Settings, Resolved>();

/** The algorithm of a configuration, resolved once for all groups of a run. */
function resolved(settings: Exclude<Settings, { readonly kind: "module" }>): Resolved {
  const known = algorithms.get(settings) ?? resolveAlgorithm(settings);
  algorithms.set(settings, known);
  return known;
}

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
    if (config.algorithm.kind === "module") return unknown;
    const algorithm = resolved(config.algorithm);
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
