/**
 * @module
 * The same tokens with the images as given and ablated, and how much each depends on the difference.
 */
import { klEstimators } from "../math/index.ts";
import { checkSignals } from "./check-signals.ts";
import type { CreditCompletion } from "./method.ts";
import { requireSignal } from "./per-completion.ts";

/** One completion with the images as given and ablated. */
export interface TwoViews {
  /** `[T]` nats, images as given. */
  readonly logprobs: ArrayLike<number>;
  /** `[T]` nats, images ablated. */
  readonly ablatedLogprobs: ArrayLike<number>;
  /** `[T]` nats, KL of the whole distributions; needed for score `"divergence"`. */
  readonly divergence?: ArrayLike<number> | undefined;
  /** `[T]` 1 where the token counts; all count when absent. */
  readonly mask?: ArrayLike<number> | undefined;
}

/** The measure of a token's dependence: k3 of the sampled token, or the KL of the whole distributions. */
export type DependenceScore = "sampled" | "divergence";

/**
 * How much each token depends on the images.
 *
 *     e^{−d} + d − 1,   d = clamp(log π(oₜ|given) − log π(oₜ|ablated), −bound, bound)      score "sampled"
 *     KL(π(·|given) ‖ π(·|ablated))                                                        score "divergence"
 *
 * @param bound nats
 * @returns `[T]` nats; anything at masked tokens
 * @throws ShapeError when lengths differ or the divergence that the score asks for is absent
 * @throws NumericError when a log-prob or a divergence is impossible
 */
export function viewDependence(
  { logprobs, ablatedLogprobs, divergence = [], mask }: TwoViews,
  score: DependenceScore,
  bound = Infinity,
): Float64Array {
  if (score === "divergence") return wholeDivergence(logprobs, divergence, mask);
  checkSignals({ logprobs: ["logprob", logprobs], ablatedLogprobs: ["logprob", ablatedLogprobs] }, mask);
  return Float64Array.from(logprobs, (given, t) => {
    const difference = Math.min(Math.max(given - ablatedLogprobs[t]!, -bound), bound);
    return klEstimators.k3(difference, 0).value;
  });
}

/** The divergences of both views, of which only the log-probs as given are looked at beside. */
export function wholeDivergence(
  logprobs: ArrayLike<number>,
  divergence: ArrayLike<number>,
  mask: ArrayLike<number> | undefined,
): Float64Array {
  checkSignals({ logprobs: ["logprob", logprobs], divergence: ["nats", divergence] }, mask);
  return Float64Array.from(divergence);
}

/** Both views of a completion. @throws EngineError when it came without */
export function viewsOf(completion: CreditCompletion, kind: string, where: string): TwoViews {
  const { given, ablated, divergence } = requireSignal(completion, "ablation", kind, where);
  return { logprobs: given, ablatedLogprobs: ablated, divergence, mask: completion.mask };
}
