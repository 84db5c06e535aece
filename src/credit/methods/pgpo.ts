/**
 * @module
 * PGPO (arXiv:2604.01840): tokens that the image decides carry more of the advantage, those below a threshold less, and the
 * sum stays as it was.
 */
import * as z from "zod";
import { decimalProduct } from "../../math/index.ts";
import { counts, requireInput } from "../check-signals.ts";
import { imageAblationSchema } from "../image-ablation.ts";
import { keepMass } from "../keep-mass.ts";
import { type CreditMethod, defineCredit, type ScoredWeights } from "../method.ts";
import { minMax } from "../min-max.ts";
import { optionsOf } from "../option-rules.ts";
import { perCompletion } from "../per-completion.ts";
import { type TwoViews, viewDependence, viewsOf } from "../two-views.ts";

const pgpoSchema = z
  .strictObject({
    kind: z.literal("pgpo"),
    threshold: z
      .number()
      .min(0)
      .max(1)
      .default(0.4)
      .describe(
        "Normalised dependence below which a token loses weight (τ); a share of tokens in the development form.",
      ),
    boost: z.number().nonnegative().default(2).describe("Gain of the most dependent token (β)."),
    score: z
      .enum(["sampled", "divergence"])
      .default("sampled")
      .describe(
        "Dependence: k3 of the sampled token (as the paper runs it), or the whole KL (as it defines it).",
      ),
    form: z
      .enum(["paper", "development"])
      .default("paper")
      .describe(
        "As printed, or as in the authors' development code: a quantile, a floor, no renormalisation.",
      ),
    image: imageAblationSchema.default({ kind: "mask-attention" }),
  })
  .describe("PGPO, arXiv:2604.01840: thresholded weights from the dependence on the image, of mean 1.");

export type PgpoOptions = Partial<Omit<z.output<typeof pgpoSchema>, "kind" | "image">>;

const readOptions = optionsOf(pgpoSchema, "threshold", "boost", "score", "form");

/** Keeps divisions by τ and 1 − τ finite. */
const EPSILON = 1e-8;
/** Least weight in the development form. */
const FLOOR = 0.1;

/**
 * Weights of one completion.
 *
 *     Sₜ = k3(π(oₜ|given), π(oₜ|blind)) = e^{−d} + d − 1      or KL(π(·|given) ‖ π(·|blind))
 *     x  = mm(log(1 + S))                                    mm: min-max over the completion
 *     ωₜ = xₜ/(τ + ε) below τ,   1 + β·(xₜ − τ)/(1 − τ + ε) from τ on
 *     weight = ωₜ·T/Σω
 *
 * Source: PGPO, arXiv:2604.01840 v2. Form `"development"`: τ is the x of rank ⌊0.4·T⌋ from below, weights below it are 0.1 at
 * least, and nothing is renormalised. Where all S are equal every weight is 1.
 *
 * @returns weights, and S as scores
 * @throws ConfigError, ShapeError when an option is unknown, or lengths differ or the divergence that the score asks for is absent
 * @throws NumericError when a log-prob, divergence or option is impossible
 */
export function pgpo(input: TwoViews, options: PgpoOptions = {}): ScoredWeights {
  const { threshold, boost, score, form } = readOptions(options);
  requireInput(input);
  const { mask } = input;
  const scores = viewDependence(input, score).map((value, t) =>
    counts(mask, t) ? Math.min(Math.max(0, value), Number.MAX_VALUE) : 0,
  );
  const x = minMax(scores.map(Math.log1p), mask);
  const counted = x.filter((_, t) => counts(mask, t)).sort();
  if (!(counted.at(-1)! > 0)) return { weights: keepMass(x, mask), scores };
  const isPaper = form === "paper";
  const rank = Math.min(decimalProduct(threshold, counted.length).whole, counted.length - 1);
  const cut = isPaper ? threshold : counted[rank]!;
  const weights = x.map((own, t) => {
    if (!counts(mask, t)) return 0;
    if (own >= cut) return 1 + (boost * (own - cut)) / (1 - cut + EPSILON);
    return Math.max(isPaper ? 0 : FLOOR, own / (cut + EPSILON));
  });
  return { weights: isPaper ? keepMass(weights, mask) : weights, scores };
}

/** PGPO with its options bound. */
function pgpoMethod(config: z.output<typeof pgpoSchema>): CreditMethod {
  const { kind, image, ...options } = config;
  const ablation = { image, divergence: options.score === "divergence" };
  return perCompletion({ ablation }, (completion, where) => pgpo(viewsOf(completion, kind, where), options));
}

export const pgpoCredit = defineCredit({ schema: pgpoSchema, create: pgpoMethod });
