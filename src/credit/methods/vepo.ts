/**
 * @module
 * VEPO (arXiv:2606.03937): the fifth of the tokens learns that is unsure, and whose distribution or certainty the image
 * changes.
 */
import * as z from "zod";
import { checkSignals, requireInput } from "../check-signals.ts";
import { imageAblationSchema } from "../image-ablation.ts";
import { keepMass } from "../keep-mass.ts";
import { type CreditMethod, defineCredit, type ScoredWeights } from "../method.ts";
import { minMax } from "../min-max.ts";
import { optionsOf } from "../option-rules.ts";
import { perCompletion, requirePart, requireSignal } from "../per-completion.ts";
import { topShare } from "../top-share.ts";

const vepoSchema = z
  .strictObject({
    kind: z.literal("vepo"),
    alpha: z
      .number()
      .min(0)
      .max(1)
      .default(0.7)
      .describe("Weight of the divergence against the entropy gap (α)."),
    tokenShare: z
      .number()
      .min(0)
      .max(1)
      .default(0.2)
      .describe("Share of each completion's tokens that learn."),
    score: z
      .enum(["gated", "ungated", "linear", "product", "kl"])
      .default("gated")
      .describe(
        "The paper's score, or a variant of the authors' code: no entropy gate, sums, a product, KL for JSD.",
      ),
    boost: z
      .number()
      .positive()
      .optional()
      .describe(
        "λ: chosen tokens weigh 1 + λ and all other tokens 1; by default only chosen tokens have weight.",
      ),
    noiseRepeats: z
      .int()
      .min(1)
      .default(1)
      .describe(
        "Times that the noise is added: 1, or the group's size as by the fault in the authors' code.",
      ),
    image: imageAblationSchema.prefault({ kind: "noise", sigma: 137 }),
  })
  .describe("VEPO, arXiv:2606.03937: unsure tokens that the image changes learn.");

/** One completion with the images as given and ablated. */
export interface VepoInput {
  /** `[T]` nats, Jensen-Shannon divergence of both passes; KL for score `"kl"`. */
  readonly divergence: ArrayLike<number>;
  /** `[T]` nats, with the images as given. */
  readonly entropy: ArrayLike<number>;
  /** `[T]` nats, with the images ablated. */
  readonly ablatedEntropy: ArrayLike<number>;
  /** `[T]` 1 where the token counts; all count when absent. */
  readonly mask?: ArrayLike<number> | undefined;
}

export type VepoOptions = Partial<
  Pick<z.output<typeof vepoSchema>, "alpha" | "tokenShare" | "score" | "boost">
>;

const readOptions = optionsOf(vepoSchema, "alpha", "tokenShare", "score", "boost");

/** sₜ of ĵ, d̂ and ĥ, all in [0, 1]. */
const gated = (j: number, d: number, h: number, alpha: number) =>
  (1 - (1 - j) ** alpha * (1 - d) ** (1 - alpha)) * h;
const SCORES: Readonly<Record<z.output<typeof vepoSchema>["score"], typeof gated>> = {
  gated,
  ungated: (j, d, _, alpha) => gated(j, d, 1, alpha),
  linear: (j, d, h, alpha) => (alpha * j + (1 - alpha) * d) * h,
  product: (j, d, h) => j * d * h,
  kl: gated,
};

/**
 * Weights of one completion.
 *
 *     ĵ = mm(JSD),  d̂ = mm|H' − H|,  ĥ = mm(H)                   mm: min-max over the completion
 *     sₜ = (1 − (1 − ĵₜ)^α·(1 − d̂ₜ)^(1−α))·ĥₜ
 *     weight = T/k for the k = ⌈share·T⌉ tokens of highest sₜ, else 0;   or 1 + λ, else 1
 *
 * Source: VEPO, arXiv:2606.03937, and github.com/Leonnnnnn929/VEPO at 4247308, `verl/utils/jsd_masking.py`. There the
 * loss is a mean over chosen tokens; here T/k gives the same under every aggregation. Of equal scores the earlier goes first.
 *
 * @throws ConfigError, ShapeError when an option is unknown, or lengths differ
 * @throws NumericError when a divergence or entropy is NaN, infinite or negative, or an option impossible
 */
export function vepo(input: VepoInput, options: VepoOptions = {}): ScoredWeights {
  const { alpha, tokenShare, score, boost } = readOptions(options);
  requireInput(input);
  const { divergence, entropy, ablatedEntropy, mask } = input;
  const entropies = { entropy: ["nats", entropy], ablatedEntropy: ["nats", ablatedEntropy] } as const;
  checkSignals({ divergence: ["nats", divergence], ...entropies }, mask);
  const gap = Float64Array.from(entropy, (nats, t) => Math.abs(ablatedEntropy[t]! - nats));
  const [d, h] = [minMax(gap, mask), minMax(entropy, mask)];
  const scores = minMax(divergence, mask).map((j, t) => SCORES[score](j, d[t]!, h[t]!, alpha));
  const chosen = topShare(scores, tokenShare, mask);
  if (boost === undefined) return { weights: tokenShare > 0 ? keepMass(chosen, mask) : chosen, scores };
  return { weights: chosen.map((own, t) => (mask?.[t] === 0 ? 0 : 1 + boost * own)), scores };
}

/** VEPO with its options bound. */
function vepoMethod(config: z.output<typeof vepoSchema>): CreditMethod {
  const { kind, image: given, noiseRepeats, ...options } = config;
  const image = given.kind === "noise" ? { ...given, sigma: given.sigma * Math.sqrt(noiseRepeats) } : given;
  return perCompletion({ entropy: true, ablation: { image, divergence: true } }, (completion, where) => {
    const entropy = requireSignal(completion, "entropy", kind, where);
    const views = requireSignal(completion, "ablation", kind, where);
    const [of, name] =
      options.score === "kl"
        ? [views.divergence, "divergences of the view"]
        : [views.jensenShannon, "Jensen-Shannon divergences of the view"];
    const divergence = requirePart(of, name, kind, where);
    const ablatedEntropy = requirePart(views.ablatedEntropy, "entropies of the view", kind, where);
    return vepo({ divergence, entropy, ablatedEntropy, mask: completion.mask }, options);
  });
}

export const vepoCredit = defineCredit({ schema: vepoSchema, create: vepoMethod });
