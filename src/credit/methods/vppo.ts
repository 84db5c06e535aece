/**
 * @module
 * VPPO (arXiv:2510.09285): only the tokens that depend most on the image learn, and completions that depend more on
 * it learn a little more.
 */
import * as z from "zod";
import { mean } from "../../math/index.ts";
import { countedTokens, counts, requireCompletions } from "../check-signals.ts";
import { imageAblationSchema } from "../image-ablation.ts";
import { type CompletionCredit, type CreditMethod, defineCredit } from "../method.ts";
import { optionsOf } from "../option-rules.ts";
import { perBatch } from "../per-completion.ts";
import { topShare } from "../top-share.ts";
import { type DependenceScore, type TwoViews, viewDependence, viewsOf } from "../two-views.ts";

const vppoSchema = z
  .strictObject({
    kind: z.literal("vppo"),
    tokenShare: z
      .number()
      .min(0)
      .max(1)
      .default(0.4)
      .describe("Share of each completion's tokens that learn; 1 leaves the scaling of completions alone."),
    minScale: z
      .number()
      .min(0)
      .max(1)
      .default(0.9)
      .describe("Scale of the completion that depends least on the image; 1 does not scale."),
    score: z
      .enum(["sampled", "divergence"])
      .default("sampled")
      .describe(
        "Dependence of a token: k3 of the sampled token (the authors' code), or the whole KL (paper).",
      ),
    entropyPenalty: z
      .number()
      .nonnegative()
      .default(0)
      .describe("Weight of −log π in the loss, beside the credit; the authors have 0.06 for 7B."),
    image: imageAblationSchema.prefault({ kind: "blacken-patches", probability: 0.5 }),
  })
  .describe("VPPO, arXiv:2510.09285: the tokens and completions that depend most on the image learn.");

export interface VppoOptions {
  /** p, share of tokens that learn. Default 0.4. */
  readonly tokenShare?: number;
  /** a, least scale of a completion. Default 0.9. */
  readonly minScale?: number;
  /** Default `"sampled"`. */
  readonly score?: DependenceScore;
}

const readOptions = optionsOf(vppoSchema, "tokenShare", "minScale", "score");

export interface VppoCredit {
  /** `[T]` the completion's scale at tokens that learn, else 0. */
  readonly weights: Float64Array;
  /** `[T]` Sₜ in [0, 10]; 0 at masked tokens. */
  readonly dependence: Float64Array;
  /** Factor of the whole completion; 1 on average over the batch. */
  readonly scale: number;
}

/** Scores of a batch that differ by less than this count as equal, as in the authors' code. */
const NO_SPREAD = 1e-6;
const MAX_LOG_RATIO = 20;
const MAX_DEPENDENCE = 10;

/**
 * Weights of a batch of completions.
 *
 *     xₜ      = clamp(log π(oₜ|ablated) − log π(oₜ|given), −20, 20)
 *     Sₜ      = clamp(e^{xₜ} − xₜ − 1, 0, 10)             dependence of a token
 *     mₜ      = 1 for the ⌈p·T⌉ tokens of highest Sₜ, else 0
 *     S̄ᵢ      = mean of Sₜ over completion i
 *     nᵢ      = (S̄ᵢ − min S̄) / (max S̄ − min S̄)
 *     scaleᵢ  = a + (b − a)·nᵢ,   b = a + (1 − a) / mean n
 *     weight  = scaleᵢ·mₜ
 *
 * Source: VPPO, arXiv:2510.09285, with the estimate and the clamps of the authors' code,
 * github.com/huaixuheqing/VPPO-RL at 37eedc0 (`verl/workers/actor/dp_actor.py`). The scales average to 1. They are 1
 * where no S̄ differs from another by more than 1e-6, a batch of one included. Completions without counted tokens take
 * no part. Of tokens with equal Sₜ the earlier goes first.
 *
 * @param completions `[B]`
 * @returns one credit per completion
 * @throws ConfigError, ShapeError when an option is unknown, or lengths differ or the divergence that the score asks for is absent
 * @throws NumericError when a log-prob, divergence or option is impossible
 */
export function vppo(completions: readonly TwoViews[], options: VppoOptions = {}): VppoCredit[] {
  const { tokenShare, minScale, score } = readOptions(options);
  requireCompletions(completions);
  const dependences = completions.map((completion) => {
    const values = viewDependence(completion, score, MAX_LOG_RATIO);
    return values.map((value, t) =>
      counts(completion.mask, t) ? Math.min(Math.max(value, 0), MAX_DEPENDENCE) : 0,
    );
  });
  const scales = completionScales(
    dependences.map((dependence, i) => mean(dependence, completions[i]!.mask)),
    completions.map(({ logprobs, mask }) => (countedTokens(mask, logprobs.length) > 0 ? 1 : 0)),
    minScale,
  );
  return completions.map(({ mask }, i) => {
    const dependence = dependences[i]!;
    const scale = scales[i]!;
    return { weights: topShare(dependence, tokenShare, mask).map((kept) => kept * scale), dependence, scale };
  });
}

/** Scales in [a, b] that average to 1 over the completions that count; 1 for the others. */
function completionScales(dependences: number[], counted: number[], minScale: number): number[] {
  const scores = dependences.filter((_, i) => counted[i] === 1);
  const least = scores.reduce((one, other) => Math.min(one, other), Infinity);
  const range = scores.reduce((one, other) => Math.max(one, other), -Infinity) - least;
  if (!(range > NO_SPREAD)) return dependences.map(() => 1);
  const normalised = dependences.map((score) => (score - least) / range);
  const slope = (1 - minScale) / mean(normalised, counted);
  return normalised.map((share, i) => (counted[i] === 1 ? minScale + slope * share : 1));
}

/** The authors' entropy penalty, η·log π in the maximised objective: PAPO's term with the divergence at weight 0. */
function entropyTerm(
  { ablatedLogprobs, mask }: TwoViews,
  entropyPenalty: number,
): Pick<CompletionCredit, "perception"> {
  if (entropyPenalty === 0) return {};
  return {
    perception: {
      ablatedLogprobs: Float64Array.from(ablatedLogprobs, (value, t) => (counts(mask, t) ? value : 0)),
      coefficients: new Float64Array(ablatedLogprobs.length),
      bound: MAX_DEPENDENCE,
      entropyPenalty,
    },
  };
}

/** VPPO with its options bound; the batch is all completions of the call. */
function vppoMethod(config: z.output<typeof vppoSchema>): CreditMethod {
  const { kind, image, entropyPenalty, ...options } = config;
  return {
    ...perBatch(
      { ablation: { image, divergence: options.score === "divergence" } },
      (completion, where) => viewsOf(completion, kind, where),
      (inputs) =>
        vppo(inputs, options).map(({ weights, dependence }, i) => ({
          weights,
          scores: dependence,
          ...entropyTerm(inputs[i]!, entropyPenalty),
        })),
    ),
    ...(options.tokenShare === 1 && { sharesEvenly: true }),
    ...(entropyPenalty > 0 && { addsLossTerm: true }),
  };
}

export const vppoCredit = defineCredit({ schema: vppoSchema, create: vppoMethod });
