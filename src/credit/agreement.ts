/**
 * @module
 * How far two credit methods agree on the same completions: on which tokens matter, and on which completions.
 */
import { ShapeError } from "../errors/index.ts";
import { requireArray, requireNumber } from "../math/check.ts";
import { mean, spearman } from "../math/index.ts";
import { countedTokens } from "./check-signals.ts";
import type { CompletionCredit } from "./method.ts";
import { topShare } from "./top-share.ts";

/** How far two methods agree. */
export interface SignalAgreement {
  /** In [0, 1]. */
  readonly overlap: number;
  /** In [−1, 1]; absent where fewer than two completions have tokens, or the means of either are all equal. */
  readonly correlation?: number;
}

/**
 * Agreement of two methods over a batch, by their scores, or by their weights where they have none.
 *
 *     overlap      mean over completions of |A ∩ B| / k,     A, B the k = ⌈share·T⌉ tokens of highest signal
 *     correlation  Spearman's of the completions' means of both
 *
 * Of equal signals the earlier token goes first. Completions without tokens that count take no part.
 *
 * @param masks `[B][T]` 1 where the token counts
 * @param share in [0, 1]
 * @throws ShapeError when the batches differ in length
 * @throws NumericError when the share is not in [0, 1]
 */
export function signalAgreement(
  first: readonly CompletionCredit[],
  second: readonly CompletionCredit[],
  masks: readonly ArrayLike<number>[],
  share: number,
): SignalAgreement {
  for (const [name, list] of Object.entries({ first, second, masks })) requireArray(name, list);
  requireNumber("share", share, 0, 1);
  if (first.length !== masks.length || second.length !== masks.length) {
    throw new ShapeError(
      `credits: expected ${masks.length} of each, got ${first.length} and ${second.length}`,
    );
  }
  const compared = masks.flatMap((mask, i) => {
    if (countedTokens(mask, mask.length) === 0) return [];
    const [a, b] = [first[i]!, second[i]!].map(({ scores, weights }) => scores ?? weights) as [
      Float64Array,
      Float64Array,
    ];
    const [top, other] = [topShare(a, share, mask), topShare(b, share, mask)];
    const kept = top.reduce((sum, own) => sum + own, 0);
    const common = top.reduce((sum, own, t) => sum + own * other[t]!, 0);
    return [{ overlap: kept === 0 ? 1 : common / kept, means: [mean(a, mask), mean(b, mask)] as const }];
  });
  const correlation = spearman(
    compared.map(({ means }) => means[0]),
    compared.map(({ means }) => means[1]),
  );
  return {
    overlap: mean(compared.map(({ overlap }) => overlap)),
    ...(correlation !== undefined && { correlation }),
  };
}
