/**
 * @module
 * Advantages of groups with more than one comparison: rewards that are normalised separately, and completions that
 * are also compared with completions of other groups. Each comparison is the algorithm's own; their advantages are
 * added.
 */
import { countTokens, isScorable, whiten } from "../math/index.ts";
import type { AdvantagePart, BatchAdvantages, RewardedGroup } from "./algorithm.ts";
import type { Comparisons } from "./types.ts";

/**
 * Advantages of a batch. Completions without a reward have none, in any comparison. Lists of no parts and of no others
 * are as if absent.
 *
 *     Âᵢ = Σ_k λ_k·Â(parts_k)ᵢ          with parts, else Â(rewards)ᵢ
 *     Âᵢ = … + Â(rewards and others)ᵢ    with others
 *     Â  = (Â − mean Â)/√(var Â + 1e−8)  over the completions of the batch, where it is whitened
 *
 * Sources: parts, GDPO, arXiv:2601.05242, and Faithful GRPO, arXiv:2604.08476; comparison with others, Share-GRPO,
 * arXiv:2505.16673.
 *
 * @param groups `[P]`
 * @param comparisons `[P]`
 * @param isWhitened mean and variance over completions with a reward and tokens that count
 */
export function comparedAdvantages(
  part: AdvantagePart,
  groups: readonly RewardedGroup[],
  comparisons: readonly Comparisons[],
  isWhitened = false,
): BatchAdvantages {
  const isPlain = !comparisons.some(isCompared);
  if (isPlain && !isWhitened) return part.of(groups);
  const summed = groups.map((group, g) => groupAdvantages(part, group, comparisons[g]!));
  return { advantages: isWhitened ? whitened(summed, groups) : summed };
}

/** Whether a group has comparisons beside that of its rewards. */
export function isCompared({ parts = [], others = [] }: Comparisons): boolean {
  return parts.length > 0 || others.length > 0;
}

function groupAdvantages(
  part: AdvantagePart,
  { completions, rewards }: RewardedGroup,
  { parts = [], others = [] }: Comparisons,
): readonly Float64Array[] {
  const own = parts.length > 0 ? parts : [{ coefficient: 1, rewards }];
  const terms = own.map(({ coefficient, rewards: values }) => ({
    coefficient,
    rows: part.of([{ completions, rewards: values }]).advantages[0]!,
  }));
  if (others.length > 0) {
    const all = {
      rewards: [...Array.from(rewards), ...Array.from(others)],
      completions: [...completions, ...Array.from(others, () => ({ mask: [] }))],
    };
    terms.push({ coefficient: 1, rows: part.of([all]).advantages[0]! });
  }
  return completions.map(({ mask }, i) =>
    isScorable(rewards[i])
      ? Float64Array.from(mask, (_, t) =>
          terms.reduce((sum, { coefficient, rows }) => sum + coefficient * rows[i]![t]!, 0),
        )
      : new Float64Array(mask.length),
  );
}

/** One number a completion, of mean 0 and variance 1 over those with a reward and tokens that count; 0 for the others. */
function whitened(
  advantages: readonly (readonly Float64Array[])[],
  groups: readonly RewardedGroup[],
): readonly (readonly Float64Array[])[] {
  const numbers = whiten(
    advantages.flat().map((row) => [row[0] ?? 0]),
    groups.flatMap(({ completions, rewards }) =>
      completions.map(({ mask }, i) => [isScorable(rewards[i]) && countTokens(mask) > 0 ? 1 : 0]),
    ),
  );
  let next = 0;
  return advantages.map((group) =>
    group.map((row) => {
      const [number = 0] = numbers[next++]!;
      return row.map(() => number);
    }),
  );
}
