/**
 * @module
 * PAPO (arXiv:2507.06448) and its perception term alone, KL_prcp. They have no token weights, but a term of the loss.
 * It rewards tokens that the model would not have written with an ablated image. It depends on the log-probs of the
 * sampled tokens only, so the objective adds it in closed form.
 */
import * as z from "zod";
import { klEstimators } from "../../math/index.ts";
import { checkSignals, counts, requireInput } from "../check-signals.ts";
import { type ImageAblation, imageAblationSchema } from "../image-ablation.ts";
import { type CompletionCredit, type CreditMethod, type CreditPerception, defineCredit } from "../method.ts";
import { optionsOf } from "../option-rules.ts";
import { perCompletion, requireSignal } from "../per-completion.ts";
import { topShare } from "../top-share.ts";
import { evenWeights } from "./uniform-weights.ts";

/** Options of every form of the term. */
export const papoOptions = {
  coefficient: z.number().nonnegative().default(0.01).describe("Weight of the perception term (γ)."),
  bound: z
    .number()
    .positive()
    .default(10)
    .describe("The KL of a token counts up to this, in nats; the authors' clipped variant has 0.2."),
};

const papoSchema = z
  .strictObject({
    kind: z.literal("papo"),
    ...papoOptions,
    tokenShare: z
      .number()
      .min(0)
      .max(1)
      .default(1)
      .describe("Share of each completion's tokens in the perception term, by highest KL."),
    entropyPenalty: z
      .number()
      .nonnegative()
      .default(0)
      .describe("Weight of −log π in the loss (η₂ of the double entropy loss)."),
    image: imageAblationSchema.prefault({ kind: "blacken-patches", probability: 0.6 }),
  })
  .describe("PAPO, arXiv:2507.06448: a loss term that drives answers with and without the image apart.");

const klPrcpSchema = z
  .strictObject({
    kind: z.literal("kl-prcp"),
    ...papoOptions,
    image: imageAblationSchema.default({ kind: "discard" }),
  })
  .describe(
    "KL_prcp: PAPO's perception term alone, against the prompt without its image, as VICRA compares with.",
  );

/** The same tokens with the images as given and ablated, by the policy that sampled them. */
export interface PapoInput {
  /** `[T]` nats, images as given. */
  readonly logprobs: ArrayLike<number>;
  /** `[T]` nats, images ablated. */
  readonly ablatedLogprobs: ArrayLike<number>;
  /** `[T]` 1 where the token counts; all count when absent. */
  readonly mask?: ArrayLike<number> | undefined;
}

export interface PapoOptions {
  /** γ ≥ 0. Default 0.01. */
  readonly coefficient?: number;
  /** Nats; default 10. */
  readonly bound?: number;
  /** In [0, 1], default 1. */
  readonly tokenShare?: number;
  /** η ≥ 0. Default 0. */
  readonly entropyPenalty?: number;
}

const readOptions = optionsOf(papoSchema, "coefficient", "bound", "tokenShare", "entropyPenalty");

/**
 * The perception term of one completion; every token weight is 1.
 *
 *     maximised: … + γₜ·min(k3ₜ, bound) + η·log π(oₜ)
 *     k3ₜ = e^{−d} + d − 1,   d = log π(oₜ|given) − log π(oₜ|ablated)
 *     γₜ  = γ for the ⌈share·T⌉ tokens of highest k3, else 0
 *
 * Source: PAPO, arXiv:2507.06448, as the authors' code computes it by default (github.com/MikeWangWZHL/PAPO).
 * Log-probs with the ablated image come from the sampling policy, so the gradient goes only through the images as
 * given. The entropy of the ablated half (η₁) is then a constant, left out here. That code bounds k3 by 10.
 *
 * @throws ConfigError, ShapeError when an option is unknown, or lengths differ
 * @throws NumericError when a log-prob is NaN, infinite or positive, or an option impossible
 */
export function papo(input: PapoInput, options: PapoOptions = {}): CompletionCredit {
  const { coefficient, bound, tokenShare, entropyPenalty } = readOptions(options);
  requireInput(input);
  const { logprobs, ablatedLogprobs, mask } = input;
  const tokens = checkSignals(
    { logprobs: ["logprob", logprobs], ablatedLogprobs: ["logprob", ablatedLogprobs] },
    mask,
  );
  const divergence = Float64Array.from(logprobs, (logprob, t) =>
    counts(mask, t) ? klEstimators.k3(logprob, ablatedLogprobs[t]!).value : 0,
  );
  const perception: CreditPerception = {
    ablatedLogprobs: Float64Array.from(ablatedLogprobs, (logprob, t) => (counts(mask, t) ? logprob : 0)),
    coefficients: topShare(divergence, tokenShare, mask).map((kept) => kept * coefficient),
    bound,
    entropyPenalty,
  };
  return { weights: evenWeights(tokens, mask), perception };
}

/** The term with its options bound, for any second pass. */
export function papoMethod(
  config: PapoOptions & { readonly kind: string; readonly image: ImageAblation },
): CreditMethod {
  const { kind, image, ...options } = config;
  const method = perCompletion({ ablation: { image, divergence: false } }, (completion, where) => {
    const { given, ablated } = requireSignal(completion, "ablation", kind, where);
    return papo({ logprobs: given, ablatedLogprobs: ablated, mask: completion.mask }, options);
  });
  return { ...method, sharesEvenly: true, addsLossTerm: true };
}

export const papoCredit = defineCredit({ schema: papoSchema, create: papoMethod });
export const klPrcpCredit = defineCredit({ schema: klPrcpSchema, create: papoMethod });
