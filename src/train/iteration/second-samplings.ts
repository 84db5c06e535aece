/**
 * @module
 * Metrics of second samplings: completions for shuffled frames and from noised images.
 */
import { mean, shareOf } from "../../math/index.ts";
import type { Group } from "../batch/group.ts";

/** Comparison of groups with groups for the same questions with shuffled frames. */
export interface TemporalMetrics {
  /** Groups that were compared. */
  readonly groups: number;
  /** Means over them of the share of right completions. */
  readonly orderedAccuracy: number;
  readonly shuffledAccuracy: number;
  /** Share of the groups whose right completions got the temporal reward. */
  readonly rewardedShare: number;
  /** Tokens sampled for shuffled frames, which no other metric counts. */
  readonly shuffledTokens: number;
}

/** Accuracy of completions from noised images, if any. */
export function noisedNumbers(groups: readonly Group[]): { readonly noisedAccuracy?: number } {
  const noised = groups.flatMap(({ rollouts }) => rollouts.filter(({ isNoised }) => isNoised));
  if (noised.length === 0) return {};
  return { noisedAccuracy: mean(noised.flatMap(({ reward }) => reward.judgement.score ?? [])) };
}

/** Comparisons with shuffled frames, if any. */
export function temporalNumbers(groups: readonly Group[]): { readonly temporal?: TemporalMetrics } {
  const compared = groups.flatMap(({ temporal }) => temporal ?? []);
  if (compared.length === 0) return {};
  const accuracy = (which: "ordered" | "shuffled") =>
    mean(compared.map(({ [which]: { right, judged } }) => shareOf(right, judged)));
  return {
    temporal: {
      groups: compared.length,
      orderedAccuracy: accuracy("ordered"),
      shuffledAccuracy: accuracy("shuffled"),
      rewardedShare: shareOf(compared.filter(({ isRewarded }) => isRewarded).length, compared.length),
      shuffledTokens: compared.reduce((sum, { shuffledTokens }) => sum + shuffledTokens, 0),
    },
  };
}
