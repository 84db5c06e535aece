/**
 * @module
 * Importance ratio and clip state of tokens, by the functions that train.
 */
import { logRatio, tokenRatio } from "../../src/math/ratio.ts";
import { clippedSurrogate } from "../../src/math/surrogate.ts";
import type { Inspection, RolloutDetail, RunSummary } from "../../src/view/protocol.ts";

export interface ClipBounds {
  readonly clipLow: number;
  readonly clipHigh: number;
}

/** The bounds of an algorithm that clips; undefined for one that does not. */
export function clipBounds({ config }: RunSummary): ClipBounds | undefined {
  const [low, high] = ["algorithm.clipLow", "algorithm.clipHigh"].map((key) =>
    Number(config[key] ?? Number.NaN),
  );
  if (low === undefined || high === undefined || Number.isNaN(low + high)) return undefined;
  return { clipLow: low, clipHigh: high };
}

/**
 * Ratio of the inspecting weights to the sampling weights, exp(log π − log π_old); undefined until the inspection is
 * done.
 */
export function ratioAt(
  rollout: RolloutDetail,
  found: Inspection | undefined,
  token: number,
): number | undefined {
  const [now, then] = [found?.logprobs[token], rollout.logprobs?.[token]];
  return now === undefined || then === undefined ? undefined : tokenRatio(logRatio([now], [then]))[0];
}

/** In words, what the clipped surrogate does with a token's ratio. */
export function clipState(
  ratio: number,
  advantage: number | null,
  { clipLow, clipHigh }: ClipBounds,
): string {
  if (advantage === null || advantage === 0) return "no advantage, so no push";
  const { clipped } = clippedSurrogate(ratio, advantage, { clipLow, clipHigh });
  return clipped === "none" ? "not clipped" : `held by the ${clipped === "low" ? "lower" : "upper"} bound`;
}
