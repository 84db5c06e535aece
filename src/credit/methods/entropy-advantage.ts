/**
 * @module
 * Entropy-shaped advantage (arXiv:2506.14758): where the model is unsure, the advantage is raised a little, never so
 * far that its sign turns.
 */
import * as z from "zod";
import { checkSignals, counts, requireInput } from "../check-signals.ts";
import { type CreditMethod, defineCredit } from "../method.ts";
import { optionsOf } from "../option-rules.ts";
import {
  advantageAt,
  checkAdvantage,
  perCompletion,
  requireAdvantage,
  requireSignal,
} from "../per-completion.ts";

const entropyAdvantageSchema = z
  .strictObject({
    kind: z.literal("entropy-advantage"),
    alpha: z
      .number()
      .nonnegative()
      .default(0.4)
      .describe("Addition to the advantage per nat of entropy (α)."),
    kappa: z.number().gt(1).default(2).describe("Largest addition: |advantage| / κ."),
  })
  .describe("Entropy-shaped advantage, arXiv:2506.14758: unsure tokens get a higher advantage.");

export interface EntropyAdvantageInput {
  /** `[T]` nats. */
  readonly entropy: ArrayLike<number>;
  /** Of the completion, or `[T]` of its tokens; finite. */
  readonly advantage: number | ArrayLike<number>;
  /** `[T]` 1 where the token counts; all count when absent. */
  readonly mask?: ArrayLike<number> | undefined;
}

export interface EntropyAdvantageOptions {
  /** α ≥ 0. Default 0.4. */
  readonly alpha?: number;
  /** κ > 1. Default 2. */
  readonly kappa?: number;
}

const readOptions = optionsOf(entropyAdvantageSchema, "alpha", "kappa");

/**
 * Weights that turn the advantage of one completion, or of each token, into the shaped advantage of its tokens.
 *
 *     shaped  Aₜ = A + min(α·Hₜ, |A|/κ)
 *     weight  Aₜ / A = 1 + sgn(A)·min(α·Hₜ/|A|, 1/κ),      1 where A = 0
 *
 * Source: arXiv:2506.14758. Where A = 0 the shaped advantage is 0 too, so any weight does. A negative advantage is
 * raised as well: wrong completions are punished less where the model was unsure. The entropy is a constant: no
 * gradient goes through it.
 *
 * @throws ConfigError, ShapeError when an option is unknown, or lengths differ
 * @throws NumericError when an entropy is NaN, infinite or negative, the advantage not finite, an option impossible
 * @example
 * entropyAdvantage({ entropy: [0, 1, 9], advantage: 1 }).weights; // [1, 1.4, 1.5]
 */
export function entropyAdvantage(
  input: EntropyAdvantageInput,
  options: EntropyAdvantageOptions = {},
): { weights: Float64Array } {
  const { alpha, kappa } = readOptions(options);
  requireInput(input);
  const { entropy, advantage, mask } = input;
  checkAdvantage(advantage, checkSignals({ entropy: ["nats", entropy] }, mask), mask);
  const weights = Float64Array.from(entropy, (nats, t) => {
    if (!counts(mask, t)) return 0;
    const own = advantageAt(advantage, t);
    if (own === 0) return 1;
    return 1 + Math.sign(own) * Math.min((alpha * Math.max(nats, 0)) / Math.abs(own), 1 / kappa);
  });
  return { weights };
}

/** Entropy-shaped advantage with its options bound. */
function entropyAdvantageMethod({ kind, ...options }: z.output<typeof entropyAdvantageSchema>): CreditMethod {
  return perCompletion({ entropy: true, advantage: true }, (completion, where) => {
    const entropy = requireSignal(completion, "entropy", kind, where);
    const advantage = requireAdvantage(completion, kind, where);
    return entropyAdvantage({ entropy, advantage, mask: completion.mask }, options);
  });
}

export const entropyAdvantageCredit = defineCredit({
  schema: entropyAdvantageSchema,
  create: entropyAdvantageMethod,
});
