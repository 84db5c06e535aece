/**
 * @module
 * VICRA ("Don't Lose Sight: Visually-Grounded Credit Assignment for Multimodal Reasoning", anonymous, under
 * review). Tokens that are harder to predict without the image get more of the advantage, all other tokens less, and
 * the sum is unchanged.
 */
import * as z from "zod";
import { LEAST_TEMPERATURE, mean } from "../../math/index.ts";
import { checkSignals, countedTokens, counts, requireInput } from "../check-signals.ts";
import { imageAblationSchema } from "../image-ablation.ts";
import { type CreditMethod, defineCredit } from "../method.ts";
import { optionsOf } from "../option-rules.ts";
import { perCompletion, requireSignal } from "../per-completion.ts";
import { wholeDivergence } from "../two-views.ts";

const vicraSchema = z
  .strictObject({
    kind: z.literal("vicra"),
    score: z
      .enum(["probability", "divergence"])
      .default("probability")
      .describe(
        "Grounding of a token: the difference of its probabilities, or the KL of the whole distributions.",
      ),
    variant: z
      .enum(["equation", "listing"])
      .default("equation")
      .describe(
        "The mean that is subtracted: as in Eq. 6, or as in the paper's listing, whose sum is ≥ 1e-8.",
      ),
    image: imageAblationSchema.default({ kind: "discard" }),
    temperature: z.number().min(LEAST_TEMPERATURE).default(1).describe("Temperature of both passes."),
  })
  .describe("VICRA: weights from how much likelier the image makes each token.");

/** The same tokens with and without the image. */
export interface VicraInput {
  /** `[T]` nats, given the image. */
  readonly logprobs: ArrayLike<number>;
  /** `[T]` nats, without it or with a distorted one. */
  readonly logprobsWithoutImage: ArrayLike<number>;
  /** `[T]` nats, KL(π(·|image) ‖ π(·|without)); needed for score `"divergence"`. */
  readonly divergence?: ArrayLike<number> | undefined;
  /** `[T]` 1 where the token counts; all count when absent. */
  readonly mask?: ArrayLike<number> | undefined;
}

export interface VicraOptions {
  /** `"probability"` (default), Eq. 4, or `"divergence"`, Eq. 9. */
  readonly score?: "probability" | "divergence";
  /** `"equation"` (default), Eq. 6, or `"listing"`, Appendix C. */
  readonly variant?: "equation" | "listing";
}

const readOptions = optionsOf(vicraSchema, "score", "variant");

export interface VicraCredit {
  /** `[T]` what multiplies the advantage; may be negative, 0 at masked tokens. */
  readonly weights: Float64Array;
  /** `[T]` gₜ; 0 at masked tokens. */
  readonly grounding: Float64Array;
}

/**
 * Token weights of one completion.
 *
 *     gₜ = π(oₜ | image) − π(oₜ | without)             score "probability", Eq. 4
 *     gₜ = KL(π(·|image) ‖ π(·|without))               score "divergence", Eq. 9
 *     ψₜ = 1 + (gₜ − (1/T)·Σ_k g_k)                     Eq. 6
 *
 * Source: "Don't Lose Sight", Eqs. 4 to 6 and 9. The weights sum to T. Nothing is clamped, so a weight is negative
 * where gₜ lies more than 1 below the mean. The paper's listing (Appendix C) holds Σ g at 1e-8 or more, which leaves
 * completions whose grounding is negative on the whole with a smaller sum: variant `"listing"`.
 *
 * Masked tokens get weight 0 and influence no other: sums and T run over the tokens that count.
 *
 * @throws ConfigError, ShapeError when an option is unknown, or lengths differ or the divergence that the score asks for is absent
 * @throws NumericError when a log-prob is NaN, infinite or positive, or a divergence NaN, infinite or negative
 * @example
 * vicra({ logprobs: [Math.log(0.75), 0], logprobsWithoutImage: [Math.log(0.25), 0] }).weights; // [1.25, 0.75]
 */
export function vicra(input: VicraInput, options: VicraOptions = {}): VicraCredit {
  const { score, variant } = readOptions(options);
  requireInput(input);
  const { mask } = input;
  const grounding = scores[score](input);
  for (let t = 0; t < grounding.length; t++) if (!counts(mask, t)) grounding[t] = 0;
  const average =
    variant === "equation"
      ? mean(grounding, mask)
      : listedMean(grounding, countedTokens(mask, grounding.length));
  return { weights: grounding.map((value, t) => (counts(mask, t) ? 1 + (value - average) : 0)), grounding };
}

const scores: Readonly<Record<NonNullable<VicraOptions["score"]>, (input: VicraInput) => Float64Array>> = {
  probability: ({ logprobs, logprobsWithoutImage, mask }) => {
    checkSignals(
      { logprobs: ["logprob", logprobs], logprobsWithoutImage: ["logprob", logprobsWithoutImage] },
      mask,
    );
    return Float64Array.from(logprobs, (value, t) => Math.exp(value) - Math.exp(logprobsWithoutImage[t]!));
  },
  divergence: ({ logprobs, divergence = [], mask }) => wholeDivergence(logprobs, divergence, mask),
};

function listedMean(grounding: Float64Array, tokens: number): number {
  let sum = 0;
  for (const value of grounding) sum += value;
  return Math.max(sum, 1e-8) / Math.max(tokens, 1);
}

/** VICRA with its options bound. */
function vicraMethod(config: z.output<typeof vicraSchema>): CreditMethod {
  const { image, score, variant, temperature } = config;
  return perCompletion(
    { ablation: { image, divergence: score === "divergence", temperature } },
    (completion, where) => {
      const { given, ablated, divergence } = requireSignal(completion, "ablation", config.kind, where);
      const input = { logprobs: given, logprobsWithoutImage: ablated, divergence, mask: completion.mask };
      const { weights, grounding } = vicra(input, { score, variant });
      return { weights, scores: grounding };
    },
  );
}

export const vicraCredit = defineCredit({ schema: vicraSchema, create: vicraMethod });
