/**
 * @module
 * ToR (arXiv:2603.25077): credit goes to a batch's tokens where reasoning forks, and at half weight to tokens that
 * depend on the image.
 */
import * as z from "zod";
import { Rng } from "../../math/index.ts";
import { checkSignals, counts, requireCompletions } from "../check-signals.ts";
import { imageAblationSchema } from "../image-ablation.ts";
import { type CreditMethod, defineCredit, type ScoredWeights } from "../method.ts";
import { optionsOf } from "../option-rules.ts";
import { perBatch, requireSignal } from "../per-completion.ts";
import { topOfBatch } from "../top-share.ts";
import { type TwoViews, viewsOf } from "../two-views.ts";

const share = z.number().min(0).max(1);
const torSchema = z
  .strictObject({
    kind: z.literal("tor"),
    reasoningShare: share
      .default(0.3)
      .describe("Share of the batch's tokens at weight 1, by highest entropy."),
    visualShare: share
      .default(0.3)
      .describe("Share of the batch's tokens counted as visual, by dependence on the image."),
    visualWeight: z
      .number()
      .nonnegative()
      .default(0.5)
      .describe("Weight of visual tokens that are not reasoning tokens."),
    nucleus: z
      .number()
      .gt(0)
      .max(1)
      .default(0.95)
      .describe("The entropy is that of the smallest set of tokens with this probability."),
    ties: z
      .enum(["all", "earlier", "random"])
      .default("random")
      .describe(
        "Of equal scores at a threshold: all are chosen, the earlier, or some by lot. A cut entropy is often 0.",
      ),
    image: imageAblationSchema.default({ kind: "discard" }),
  })
  .describe(
    "ToR, arXiv:2603.25077: credit for a batch's reasoning tokens, and at half weight for visual tokens.",
  );

export interface TorInput extends TwoViews {
  /** `[T]` nats, of the cut distribution. */
  readonly entropy: ArrayLike<number>;
}

export type TorOptions = Partial<
  Pick<z.output<typeof torSchema>, "reasoningShare" | "visualShare" | "visualWeight" | "ties">
>;

const readOptions = optionsOf(torSchema, "reasoningShare", "visualShare", "visualWeight", "ties");

/**
 * Weights of a batch of completions.
 *
 *     R = the ⌈30 %⌉ of the batch's tokens of highest entropy
 *     V = the ⌈30 %⌉ of highest |log π(oₜ|given) − log π(oₜ|ablated)|
 *     weight = 1 in R,  ½ in V alone,  0 elsewhere
 *
 * Source: ToR, arXiv:2603.25077. Tokens of weight 0 count in the means of an objective.
 *
 * @param completions `[B]`
 * @param rng breaks ties at random, of entropies first; a generator of seed 0 unless given
 * @returns `[B]`, with the dependence on the image as scores
 * @throws ConfigError, ShapeError when an option is unknown, or lengths differ
 * @throws NumericError when an entropy or log-prob is impossible, or an option
 * @example
 * const blind = { logprobs: [-1, -1], ablatedLogprobs: [-1, -4] };
 * tor([{ entropy: [2, 0], ...blind }], { reasoningShare: 0.5, visualShare: 0.5 })[0].weights; // [1, 0.5]
 */
export function tor(
  completions: readonly TorInput[],
  options: TorOptions = {},
  rng: Rng = new Rng(0),
): ScoredWeights[] {
  const { reasoningShare, visualShare, visualWeight, ties } = readOptions(options);
  requireCompletions(completions);
  const scores = completions.map(({ entropy, logprobs, ablatedLogprobs, mask }) => {
    checkSignals(
      {
        entropy: ["nats", entropy],
        logprobs: ["logprob", logprobs],
        ablatedLogprobs: ["logprob", ablatedLogprobs],
      },
      mask,
    );
    return Float64Array.from(logprobs, (own, t) =>
      counts(mask, t) ? Math.abs(own - ablatedLogprobs[t]!) : 0,
    );
  });
  const top = (values: readonly ArrayLike<number>[], share: number) =>
    topOfBatch(
      values.map((own, i) => ({ scores: own, mask: completions[i]!.mask })),
      share,
      ties === "random" ? rng : ties,
    );
  const reasoning = top(
    completions.map(({ entropy }) => entropy),
    reasoningShare,
  );
  const visual = top(scores, visualShare);
  return completions.map((_, i) => ({
    weights: reasoning[i]!.map((own, t) => own || visualWeight * visual[i]![t]!),
    scores: scores[i]!,
  }));
}

/** ToR with its options bound; the batch is all completions of the call. */
function torMethod(config: z.output<typeof torSchema>): CreditMethod {
  const { kind, image, nucleus, ...options } = config;
  return perBatch(
    { nucleusEntropy: nucleus, ablation: { image, divergence: false } },
    (completion, where) => ({
      ...viewsOf(completion, kind, where),
      entropy: requireSignal(completion, "nucleusEntropy", kind, where),
    }),
    (inputs, { rng }) => tor(inputs, options, rng),
  );
}

export const torCredit = defineCredit({ schema: torSchema, create: torMethod });
