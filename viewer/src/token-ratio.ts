/**
 * @module
 * Importance ratio and clip state of tokens, by the functions that train.
 */
import { logRatio, tokenRatio } from "../../src/math/ratio.ts";
import { clippedSurrogate } from "../../src/math/surrogate.ts";
import type { Inspection, RolloutDetail, TokenClip } from "../../src/view/protocol.ts";

/**
 * Ratio of the inspecting weights to the sampling weights, exp(log π − log π_old); undefined until the inspection is
 * done.
 */
export function ratioAt(
  rollout: Pick<RolloutDetail, "logprobs">,
  found: Pick<Inspection, "logprobs"> | undefined,
  token: number,
): number | undefined {
  const [now, then] = [found?.logprobs[token], rollout.logprobs?.[token]];
  return now === undefined || then === undefined ? undefined : tokenRatio(logRatio([now], [then]))[0];
}

/** Credit weight times advantage; undefined where one of them is unknown. */
export function pushOf(weight: number | undefined, advantage: number | null): number | undefined {
  return weight === undefined || advantage === null ? undefined : weight * advantage;
}

/** In words, what the clipped surrogate does with a token's ratio; "" where it is not known. */
export function clipState(ratio: number, advantage: number | null, clip: TokenClip | null): string {
  if (clip === null) return "";
  if (advantage === null) return "the advantage is not known";
  if (advantage === 0) return "no advantage, so no push";
  switch (clippedSurrogate(ratio, advantage, clip).clipped) {
    case "none":
      return "not clipped";
    case "low":
      return "held by the lower bound";
    case "high":
      return "held by the upper bound";
    case "dual":
      return "held by the dual-clip bound";
  }
}

/** A token on the curve of its surrogate. */
export interface CurvePoint extends TokenClip {
  readonly ratio: number;
  readonly advantage: number;
}

/** The curve of a token's surrogate; undefined where the surrogate is not of the token, or the advantage is unknown. */
export function curveOf(
  ratio: number | undefined,
  advantage: number | null,
  clip: TokenClip | null,
): CurvePoint | undefined {
  if (ratio === undefined || advantage === null || clip === null) return undefined;
  return { ratio, advantage, ...clip };
}
