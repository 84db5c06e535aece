/**
 * @module
 * Token advantages from a value head, by generalised advantage estimation.
 */
import { gae, isScorable, tokenRewards, whiten } from "../math/index.ts";
import type { AdvantagePart, RewardedGroup } from "./algorithm.ts";

interface ValueAdvantageOptions {
  readonly gamma: number;
  readonly lambda: number;
  /** Shift and scale the advantages of the batch to mean 0 and variance 1. */
  readonly whiten: boolean;
}

/**
 * Advantages and returns of a batch by its values.
 *
 * Completions that no verifier could judge have advantage 0, take no part in whitening and have no return (NaN).
 */
export function valueAdvantages({ gamma, lambda, whiten: isWhitened }: ValueAdvantageOptions): AdvantagePart {
  return {
    needsSpread: false,
    values: "required",
    of(groups) {
      const rows = groups.flatMap((group) => estimates(group, gamma, lambda));
      const scored = rows.map(({ mask }) => mask);
      const plain = rows.map(({ advantages }) => advantages);
      const flat = isWhitened ? whiten(plain, scored) : plain;
      let next = 0;
      const nested = (list: readonly Float64Array[]) => {
        next = 0;
        return groups.map(({ completions }) => completions.map(() => list[next++]!));
      };
      return { advantages: nested(flat), returns: nested(rows.map(({ returns }) => returns)) };
    },
  };
}

function estimates({ rewards, completions }: RewardedGroup, gamma: number, lambda: number) {
  return completions.map(({ mask, penalties, values }, i) => {
    const reward = rewards[i];
    const size = mask.length;
    if (!isScorable(reward)) {
      const returns = new Float64Array(size).fill(Number.NaN);
      return { mask: new Uint8Array(size), advantages: new Float64Array(size), returns };
    }
    const found = gae(tokenRewards(reward, mask, penalties), values ?? new Float64Array(size), {
      gamma,
      lambda,
      mask,
    });
    return { mask, ...found };
  });
}
