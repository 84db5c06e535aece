/**
 * @module
 * DyCo-RL (arXiv:2606.08035): tokens whose attention moves more within the image than within the text are visual,
 * and the other way round; tokens that also attend to the modality of their role get a larger share of the
 * advantage. `dycoRl` is the method as the paper prints it. The authors' released code is another method, one scalar
 * per completion, and stands in `released.ts`.
 */
import { checkOption, counts } from "../../check-signals.ts";
import { dycoRlReleased } from "./released.ts";
import { alignedRoles, type DycoRlCredit, type DycoRlInput } from "./token-role.ts";

export interface DycoRlOptions {
  /** `"paper"` (default): one weight per token; `"released"`: one per completion. */
  readonly variant?: "paper" | "released";
  /** α ≥ 0, strength of the reweighting. Default 0.2. */
  readonly alpha?: number;
  /** τ ≥ 0, margin in radians by which one shift must exceed the other. Default 0.05. */
  readonly threshold?: number;
}

/**
 * Token weights of one completion.
 *
 *     role   visual if v^vis − v^txt > τ, text if v^txt − v^vis > τ, else neutral         Eq. 8
 *     sₜ     r̃^vis for visual, r̃^txt for text, 0 for neutral; r̃^m = r^m / (r^vis + r^txt)  Eq. 9
 *     wₜ     T·exp(sₜ) / Σ_k exp(s_k)                                                     Eq. 10
 *     weight 1 + α·wₜ                                                                     Eq. 10
 *
 * Source: DyCo-RL, arXiv:2606.08035. The weights average to 1 + α, as printed. The first token has no predecessor
 * and is neutral whatever its shifts say. Masked tokens get weight 0 and influence no other: softmax and T run over
 * the tokens that count.
 *
 * With `variant: "released"` the completion is taken for a batch of one, whose score has no spread, so the weights
 * are 1 (or 1 − α under 60 tokens); use `dycoRlReleased` on a whole batch.
 *
 * @throws ShapeError when lengths differ
 * @throws NumericError when a signal or option is NaN, infinite or negative
 * @example
 * dycoRl({
 *   visualMass: Float64Array.of(0.5, 0.75, 0.25), textMass: Float64Array.of(0.5, 0.25, 0.75),
 *   visualShift: Float64Array.of(0, 1, 0), textShift: Float64Array.of(0, 0, 0),
 * }).roles; // ["neutral", "visual", "neutral"]
 */
export function dycoRl(input: DycoRlInput, options: DycoRlOptions = {}): DycoRlCredit {
  const { variant = "paper", alpha = 0.2, threshold = 0.05 } = options;
  checkOption("alpha", alpha, 0, Infinity);
  checkOption("threshold", threshold, 0, Infinity);
  return variants[variant](input, alpha, threshold);
}

const variants: Readonly<
  Record<"paper" | "released", (input: DycoRlInput, alpha: number, threshold: number) => DycoRlCredit>
> = {
  paper: (input, alpha, threshold) => {
    const { roles, alignment } = alignedRoles(input, (visual, text) => {
      if (visual - text > threshold) return "visual";
      return text - visual > threshold ? "text" : "neutral";
    });
    const weights = softmaxShare(alignment, input.mask);
    for (let t = 0; t < weights.length; t++) if (counts(input.mask, t)) weights[t] = 1 + alpha * weights[t]!;
    return { weights, roles, alignment };
  },
  released: (input, alpha, threshold) => dycoRlReleased([input], { alpha, threshold })[0]!,
};

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
