/**
 * @module
 * 80/20 (arXiv:2506.01939): only the fifth of the tokens at which the model is least sure learns.
 */
import * as z from "zod";
import { quantile } from "../../math/index.ts";
import { checkSignals, counts, requireCompletions } from "../check-signals.ts";
import { type CreditMethod, defineCredit } from "../method.ts";
import { optionsOf } from "../option-rules.ts";
import { perBatch, perGroup, requireSignal } from "../per-completion.ts";
import { topShare } from "../top-share.ts";

const highEntropyTokensSchema = z
  .strictObject({
    kind: z.literal("high-entropy-tokens"),
    share: z.number().min(0).max(1).default(0.2).describe("Share of tokens that learn (ρ)."),
    scope: z
      .enum(["batch", "completion"])
      .default("batch")
      .describe("The highest entropies of all completions together, or of each by itself."),
  })
  .describe("80/20, arXiv:2506.01939: only the tokens of highest entropy learn.");

export interface HighEntropyInput {
  /** `[T]` nats. */
  readonly entropy: ArrayLike<number>;
  /** `[T]` 1 where the token counts; all count when absent. */
  readonly mask?: ArrayLike<number> | undefined;
}

export type HighEntropyOptions = Partial<Omit<z.output<typeof highEntropyTokensSchema>, "kind">>;

const readOptions = optionsOf(highEntropyTokensSchema, "share", "scope");

/**
 * Weights of a batch of completions, 1 for tokens that learn and 0 for the others.
 *
 *     weightₜ = 1[Hₜ ≥ quantile(H, 1 − ρ)]                        scope "batch"
 *     weightₜ = 1 for the ⌈ρ·T⌉ tokens of highest Hₜ, else 0       scope "completion"
 *
 * The share is taken as the decimal number that it is written as, in both. Tokens without weight still count in the means
 * of an objective, as in the sources: the step shrinks by about ρ.
 *
 * Source: arXiv:2506.01939. Scope "batch" is TRL's `get_high_entropy_mask` (interpolated quantile over all tokens that
 * count, ties kept), scope "completion" is VPPO's code (ties by place).
 *
 * @param completions `[B]`
 * @throws ConfigError, ShapeError, NumericError when an option, a length or an entropy is impossible
 * @example
 * highEntropyTokens([{ entropy: [0, 3, 1] }, { entropy: [2, 0] }])[0].weights; // [0, 1, 0]
 */
export function highEntropyTokens(
  completions: readonly HighEntropyInput[],
  options: HighEntropyOptions = {},
): { weights: Float64Array }[] {
  const { share, scope } = readOptions(options);
  requireCompletions(completions);
  for (const { entropy, mask } of completions) checkSignals({ entropy: ["nats", entropy] }, mask);
  return scopes[scope](completions, share);
}

type Choice = (completions: readonly HighEntropyInput[], share: number) => { weights: Float64Array }[];

const scopes: Readonly<Record<NonNullable<HighEntropyOptions["scope"]>, Choice>> = {
  batch: (completions, share) => {
    const counted = completions.flatMap(({ entropy, mask }) =>
      Array.from(entropy).filter((_, t) => counts(mask, t)),
    );
    const threshold = -quantile(
      counted.map((nats) => -nats),
      share,
    );
    return completions.map(({ entropy, mask }) => ({
      weights: Float64Array.from(entropy, (nats, t) => (counts(mask, t) && nats >= threshold ? 1 : 0)),
    }));
  },
  completion: (completions, share) =>
    completions.map(({ entropy, mask }) => ({ weights: topShare(entropy, share, mask) })),
};

/** 80/20 with its options bound; the batch is all completions of the call. */
function highEntropyTokensMethod(config: z.output<typeof highEntropyTokensSchema>): CreditMethod {
  const { kind, ...options } = config;
  const by = options.scope === "batch" ? perBatch : perGroup;
  return by(
    { entropy: true },
    (completion, where) => ({
      entropy: requireSignal(completion, "entropy", kind, where),
      mask: completion.mask,
    }),
    (inputs) => highEntropyTokens(inputs, options),
  );
}

export const highEntropyTokensCredit = defineCredit({
  schema: highEntropyTokensSchema,
  create: highEntropyTokensMethod,
});
