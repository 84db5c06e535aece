/**
 * @module
 * Importance correction where the policy that sampled is not the one that is trained: another program in another precision,
 * earlier weights, or both. With μ for the sampler and π_old for the trainer at the start of the batch,
 *
 *     rₜ = π_old(oₜ) / μ(oₜ)                token level
 *     r  = Π π_old(oₜ) / μ(oₜ)              sequence level, over tokens that count, the same at each
 *     w  = clamp(r, floor, cap)             truncated (TIS)
 *     w  = r where floor ≤ r ≤ cap, else 0  masked (MIS)
 *
 * w multiplies the surrogate as a constant; KL, entropy and perception terms stay as they are, and masked tokens still count
 * in the means. The ratio of the surrogate is then π/π_old.
 *
 * Source: TIS, F. Yao et al., "Your efficient RL framework secretly brings you off-policy RL training" (2025),
 * https://fengyao.notion.site/off-policy-rl; masks, J. Liu et al., "When speed kills stability" (2025),
 * https://richardli.xyz/rl-collapse. TRL 1.16: `vllm_importance_sampling_mode` (`token_truncate`, `token_mask`,
 * `sequence_truncate`, `sequence_mask`), clip_max 3, clip_min none. verl 0.9.1: `rollout_is` (token, sequence) truncates at
 * `rollout_is_threshold`, 2, and masks where that is a pair of bounds (IcePop).
 */
import * as z from "zod";

const correctionSchema = z
  .strictObject({
    level: z
      .enum(["token", "sequence"])
      .default("token")
      .describe("Ratio of each token, or of the whole completion: the product of its tokens' ratios."),
    beyond: z
      .enum(["truncate", "mask"])
      .default("truncate")
      .describe("Treatment of ratios beyond the bounds: use the bound (TIS), or no gradient (MIS)."),
    cap: z.number().positive().default(3).describe("Upper bound of the ratio."),
    floor: z.number().nonnegative().default(0).describe("Lower bound of the ratio."),
  })
  .refine(({ cap, floor }) => floor <= cap, { error: "expected floor to be at most cap" });

export const samplerCorrectionSchema = z
  .union([z.literal(false), correctionSchema])
  .optional()
  .describe(
    "Multiplies each token's surrogate by a bounded ratio of the trainer's probability at the start of the batch to the sampler's; false turns it off. Default: off, and on with engine.rollouts int8.",
  );

export type SamplerCorrectionConfig = z.output<typeof correctionSchema>;

/** The factor of each token's surrogate. */
export interface SamplerWeights {
  /** `[T]`; at masked tokens any number. */
  readonly weights: Float64Array;
  /** `[T]` 1 where the ratio was beyond a bound. */
  readonly beyond: Uint8Array;
}

/**
 * The weights of a completion.
 *
 * @param samplerLogprobs `[T]` nats, log μ
 * @param oldLogprobs `[T]` nats, log π_old
 * @param mask `[T]`
 */
export function samplerWeights(
  { level, beyond: how, cap, floor }: SamplerCorrectionConfig,
  samplerLogprobs: ArrayLike<number>,
  oldLogprobs: ArrayLike<number>,
  mask: ArrayLike<number>,
): SamplerWeights {
  const weights = new Float64Array(mask.length);
  const beyond = new Uint8Array(mask.length);
  const shift = (t: number) => oldLogprobs[t]! - samplerLogprobs[t]!;
  let whole = 0;
  for (let t = 0; t < mask.length; t++) if (mask[t] !== 0) whole += shift(t);
  for (let t = 0; t < mask.length; t++) {
    if (mask[t] === 0) continue;
    const ratio = Math.exp(level === "token" ? shift(t) : whole);
    const bounded = Math.min(cap, Math.max(floor, ratio));
    beyond[t] = bounded === ratio ? 0 : 1;
    weights[t] = bounded === ratio || how === "truncate" ? bounded : 0;
  }
  return { weights, beyond };
}
