/**
 * @module
 * A method without an oracle, to be tried by the study: a wrong completion is compared with the right ones of its own group. A
 * token that the nearest right one has too is taken for right.
 */
import { defineCredit, z } from "fovea";

/**
 * Which tokens of a sequence belong to a longest common subsequence with another.
 *
 * @returns `[T]` of the first, and the length of the subsequence
 */
function kept(own: ArrayLike<number>, other: ArrayLike<number>): { isKept: boolean[]; length: number } {
  const [n, m] = [own.length, other.length];
  // lengths[i][j]: of the tails own[i…] and other[j…].
  const lengths = Array.from({ length: n + 1 }, () => new Uint16Array(m + 1));
  for (let i = n - 1; i >= 0; i--) {
    for (let j = m - 1; j >= 0; j--) {
      lengths[i]![j] =
        own[i] === other[j]
          ? lengths[i + 1]![j + 1]! + 1
          : Math.max(lengths[i + 1]![j]!, lengths[i]![j + 1]!);
    }
  }
  const isKept = new Array<boolean>(n).fill(false);
  for (let i = 0, j = 0; i < n && j < m; ) {
    if (own[i] === other[j]) {
      isKept[i++] = true;
      j++;
    } else if (lengths[i + 1]![j]! >= lengths[i]![j + 1]!) i++;
    else j++;
  }
  return { isKept, length: lengths[0]![0]! };
}

/**
 * Tokens that a punished completion shares with the nearest rewarded one of its group weigh 0; with `both`, so do those of a
 * rewarded one that the nearest punished one does not share: nothing tells them from slips. All else weighs 1.
 */
export const agreement = defineCredit({
  schema: z.strictObject({ both: z.boolean().default(false) }),
  create: ({ both }) => ({
    needs: { advantage: true },
    credit: (groups) =>
      groups.map((group) => {
        const signs = group.map(({ advantage = 0 }) =>
          Math.sign(typeof advantage === "number" ? advantage : (advantage[0] ?? 0)),
        );
        return group.map(({ mask, tokens = [] }, i) => {
          const others = group.filter((_, j) => signs[j] === -signs[i]!);
          const compared = others.map((other) => kept(tokens, other.tokens ?? []));
          const [nearest] = compared.toSorted((a, b) => b.length - a.length);
          const acts = nearest !== undefined && (signs[i]! < 0 || (both && signs[i]! > 0));
          return {
            weights: Float64Array.from(mask, (counts, t) => {
              if (counts === 0) return 0;
              return acts && nearest.isKept[t] === signs[i]! < 0 ? 0 : 1;
            }),
          };
        });
      }),
  }),
});
