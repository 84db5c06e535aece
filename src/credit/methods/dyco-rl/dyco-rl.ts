/**
 * @module
 * DyCo-RL (arXiv:2606.08035). Tokens whose attention moves more within the image than within the text are
 * visual; tokens whose attention moves more within the text are text. Tokens that also attend to the modality of
 * their role get a larger share of the advantage. `dycoRl` is the method as the paper prints it. The authors'
 * released code is another method, with one scalar per completion, in `released.ts`.
 */
import { ConfigError } from "../../../errors/index.ts";
import { mean, Rng } from "../../../math/index.ts";
import { factor, numberIn, oneOf, optional, readOptions } from "../../../math/options.ts";
import { counts } from "../../check-signals.ts";
import { evenWeights } from "../uniform-weights.ts";
import { comparedSignals, DYCO_RL_ABLATIONS, type DycoRlAblation, replacements } from "./ablations.ts";
import { dycoRlReleased } from "./released.ts";
import {
  checkAttention,
  type DycoRlCredit,
  type DycoRlInput,
  roleAlignment,
  tokenRoles,
} from "./token-role.ts";

interface SharedOptions {
  /** α ≥ 0, strength of the reweighting. Default 0.2. */
  readonly alpha?: number;
  /** τ ≥ 0, margin by which one modality must exceed the other: radians, nats for `kl-roles`. Default 0.05. */
  readonly threshold?: number;
}

/** `variant` is `"paper"` unless given: one weight per token. `"released"` has one per completion. */
export type DycoRlOptions = SharedOptions &
  (
    | { readonly variant?: "paper"; readonly ablation?: DycoRlAblation | undefined }
    | { readonly variant: "released"; readonly ablation?: never }
  );

const OPTIONS = {
  variant: oneOf(["paper", "released"], "paper"),
  alpha: factor(0.2),
  threshold: numberIn(0, Infinity, 0.05),
  ablation: optional(oneOf(DYCO_RL_ABLATIONS, "random-roles")),
};

/**
 * Token weights of one completion.
 *
 *     role   visual if v^vis − v^txt > τ, text if v^txt − v^vis > τ, else neutral         Eq. 8
 *     sₜ     r̃^vis for visual, r̃^txt for text, 0 for neutral; r̃^m = r^m / (r^vis + r^txt)  Eq. 9
 *     wₜ     T·exp(sₜ) / Σ_k exp(s_k)                                                     Eq. 10
 *     weight 1 + α·wₜ                                                                     Eq. 10
 *
 * Source: DyCo-RL, arXiv:2606.08035. The weights average to 1 + α, as printed. The first token has no predecessor and
 * is always neutral. Masked tokens get weight 0 and influence no other: softmax and T run over the tokens that count.
 *
 * With `variant: "released"` the completion is taken for a batch of one, whose score has no spread. So the weights
 * are 1 (or 1 − α under 60 tokens); use `dycoRlReleased` on a whole batch.
 *
 * An ablation replaces one part. Roles: permuted at random, reversed, or from the sharpness (1 − H/ln N) or the KL
 * divergence of each modality's attention (signals of `attentionSignals` with that `measure`). Alignment: sₜ = r̃^vis
 * or r̃^txt for every role. Weights: 1, and rewardBonus α·mean s (Eq. 12).
 *
 * @param rng for `random-roles`; default: a generator of seed 0
 * @throws ConfigError when an option is unknown, or the variant or the ablation another
 * @throws ShapeError when lengths differ
 * @throws NumericError when a signal or option is NaN, infinite or negative
 * @throws EngineError when the signals lack the measure that an ablation compares
 * @example
 * dycoRl({
 *   visualMass: Float64Array.of(0.5, 0.75, 0.25), textMass: Float64Array.of(0.5, 0.25, 0.75),
 *   visualShift: Float64Array.of(0, 1, 0), textShift: Float64Array.of(0, 0, 0),
 * }).roles; // ["neutral", "visual", "neutral"]
 */
export function dycoRl(input: DycoRlInput, options: DycoRlOptions = {}, rng: Rng = new Rng(0)): DycoRlCredit {
  const { variant, alpha, threshold, ablation } = readOptions(options, OPTIONS);
  if (variant === "released" && ablation !== undefined) {
    throw new ConfigError(`ablation: expected with variant paper only, got "${ablation}"`);
  }
  if (variant === "released") return dycoRlReleased([input], { alpha, threshold })[0]!;
  return printed(input, alpha, threshold, ablation, rng);
}

function printed(
  input: DycoRlInput,
  alpha: number,
  threshold: number,
  ablation: DycoRlAblation | undefined,
  rng: Rng,
): DycoRlCredit {
  const tokens = checkAttention(input);
  const { mask } = input;
  const replaced = ablation === undefined ? {} : replacements[ablation];
  const compared = comparedSignals(input, replaced.measure);
  const found = tokenRoles(compared.visual, compared.text, mask, (visual, text) => {
    if (visual - text > threshold) return "visual";
    return text - visual > threshold ? "text" : "neutral";
  });
  const roles = replaced.roles?.(found, mask, rng) ?? found;
  const { scoredBy } = replaced;
  const alignment = roleAlignment(input, scoredBy === undefined ? roles : roles.map(() => scoredBy));
  if (replaced.shapesReward) {
    const weights = evenWeights(tokens, mask);
    return { weights, roles, alignment, rewardBonus: alpha * mean(alignment, mask) };
  }
  const share = softmaxShare(alignment, mask);
  return { weights: share.map((w, t) => (counts(mask, t) ? 1 + alpha * w : 0)), roles, alignment };
}

/** T·softmax over the tokens that count; 0 elsewhere. Scores are at most 1, so nothing can overflow. */
function softmaxShare(scores: Float64Array, mask: ArrayLike<number> | undefined): Float64Array {
  let total = 0;
  let tokens = 0;
  for (let t = 0; t < scores.length; t++) {
    if (!counts(mask, t)) continue;
    total += Math.exp(scores[t]!);
    tokens++;
  }
  return scores.map((score, t) => (counts(mask, t) ? (tokens * Math.exp(score)) / total : 0));
}
