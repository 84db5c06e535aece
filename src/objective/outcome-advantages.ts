/**
 * @module
 * Advantages of algorithms that know outcomes only: one number per completion, the same at each of its tokens.
 */
import { isScorable, type Rewards } from "../math/index.ts";
import type { AdvantagePart, RewardedGroup } from "./algorithm.ts";

/**
 * The advantage part of a function from a group's outcomes to advantages.
 *
 *     outcomeᵢ = Rᵢ − Σₜ mₜ·penaltyᵢₜ
 *
 * @param advantages `[G]` outcomes to `[G]` advantages; null and NaN are unscorable
 * @param needsSpread whether equal outcomes have advantage 0
 */
export function outcomeAdvantages(
  advantages: (rewards: Rewards) => Float64Array,
  needsSpread = true,
): AdvantagePart {
  return {
    needsSpread,
    values: "none",
    of: (groups) => ({
      advantages: groups.map((group) => {
        const found = advantages(outcomes(group));
        return group.completions.map(({ mask }, i) => new Float64Array(mask.length).fill(found[i]!));
      }),
    }),
  };
}

function outcomes({ rewards, completions }: RewardedGroup): Rewards {
  return completions.map(({ mask, penalties }, i) => {
    const reward = rewards[i];
    if (!isScorable(reward)) return null;
    let outcome = reward;
    for (let t = 0; penalties && t < mask.length; t++) if (mask[t] !== 0) outcome -= penalties[t]!;
    return outcome;
  });
}
