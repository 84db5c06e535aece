/**
 * @module
 * TW-GRPO (arXiv:2505.24718): places at which the completions of a group have distributions far apart carry more of the
 * advantage.
 */
import * as z from "zod";
import { checkSignals, counts, requireCompletions } from "../check-signals.ts";
import { type CreditMethod, defineCredit, type ScoredWeights } from "../method.ts";
import { minMax } from "../min-max.ts";
import { optionsOf } from "../option-rules.ts";
import { perGroup, requireSignal } from "../per-completion.ts";

const twGrpoSchema = z
  .strictObject({
    kind: z.literal("tw-grpo"),
    alpha: z
      .number()
      .min(1)
      .default(1.7)
      .describe("Weight of the place at which a group is furthest apart (α)."),
  })
  .describe("TW-GRPO, arXiv:2505.24718: places at which completions of a group are far apart carry more.");

export interface TwGrpoInput {
  /** `[T]` nats, how far apart the group is at each place; the same for all completions that reach it. */
  readonly divergence: ArrayLike<number>;
  /** `[T]` 1 where the token counts; all count when absent. */
  readonly mask?: ArrayLike<number> | undefined;
}

const readOptions = optionsOf(twGrpoSchema, "alpha");

/**
 * Weights of one group.
 *
 *     weightₜ = 1 + (α − 1)·D̂ₜ              D̂: min-max over the places of the group
 *
 * Source: TW-GRPO, arXiv:2505.24718, and github.com/longmalongma/TW-GRPO at aa529ff, `src/open_r1/trainer/grpo_trainer.py`.
 *
 * @param completions `[G]`
 * @returns `[G]` weights in [1, α], and the divergence as scores
 * @throws ConfigError, ShapeError when an option is unknown, or lengths differ
 * @throws NumericError when a divergence is NaN, infinite or negative, or α below 1
 */
export function twGrpo(
  completions: readonly TwGrpoInput[],
  options: { readonly alpha?: number } = {},
): ScoredWeights[] {
  const { alpha } = readOptions(options);
  requireCompletions(completions);
  for (const { divergence, mask } of completions) checkSignals({ divergence: ["nats", divergence] }, mask);
  const all = completions.flatMap(({ divergence }) => Array.from(divergence));
  const counted = completions.flatMap(({ divergence, mask }) =>
    Array.from(divergence, (_, t) => (counts(mask, t) ? 1 : 0)),
  );
  const normalised = minMax(all, counted);
  let first = 0;
  return completions.map(({ divergence, mask }) => {
    const start = first;
    first += divergence.length;
    return {
      weights: Float64Array.from(divergence, (_, t) =>
        counts(mask, t) ? 1 + (alpha - 1) * normalised[start + t]! : 0,
      ),
      scores: Float64Array.from(divergence, (nats, t) => (counts(mask, t) ? nats : 0)),
    };
  });
}

/** TW-GRPO with its options bound. */
function twGrpoMethod({ kind, alpha }: z.output<typeof twGrpoSchema>): CreditMethod {
  return perGroup(
    { groupDivergence: true },
    (completion, where) => ({
      divergence: requireSignal(completion, "groupDivergence", kind, where),
      mask: completion.mask,
    }),
    (inputs) => twGrpo(inputs, { alpha }),
  );
}

export const twGrpoCredit = defineCredit({ schema: twGrpoSchema, create: twGrpoMethod });
