/**
 * @module
 * CPPO (arXiv:2601.00501): a contrastive term of the loss. Where the model needed the image, its distribution should
 * stay where it is when the image only looks different, and move when what the image says is gone.
 */
import * as z from "zod";
import { sampledDivergence, sum } from "../../math/index.ts";
import { checkSignals, countedTokens, counts, requireInput } from "../check-signals.ts";
import { imageAblationSchema } from "../image-ablation.ts";
import { type CreditMethod, type CreditViewTerm, defineCredit, type ViewPass } from "../method.ts";
import { neededOptionsOf, optionsOf } from "../option-rules.ts";
import {
  advantageAt,
  checkAdvantage,
  perBatch,
  requireAdvantage,
  requirePart,
  requireSignal,
} from "../per-completion.ts";
import { uniformWeights } from "./uniform-weights.ts";

const cppoSchema = z
  .strictObject({
    kind: z.literal("cppo"),
    coefficient: z.number().nonnegative().default(0.01).describe("Weight of the term (λ)."),
    temperature: z.number().positive().default(0.1).describe("Temperature of the contrast (τ)."),
    tokenShare: z
      .number()
      .min(0)
      .max(1)
      .default(0.5)
      .describe(
        "Share of the tokens with an entropy reduced by the image that take part, by largest reduction.",
      ),
    onlyBetter: z.boolean().default(true).describe("Only tokens with an advantage above 0 take part."),
    bound: z.number().positive().default(10).describe("A token's divergence counts up to this, in nats."),
    kept: imageAblationSchema
      .prefault({ kind: "augment" })
      .describe("The view that preserves the information."),
    lost: imageAblationSchema
      .prefault({ kind: "occlude" })
      .describe("The view that removes the information."),
  })
  .describe(
    "CPPO, arXiv:2601.00501: a contrastive loss term between an information-preserving and an information-removing view.",
  );

type CppoConfig = z.output<typeof cppoSchema>;

/** One completion with the image as given, with one that says the same and with one that does not. */
export interface CppoInput {
  /** `[T]` nats, images as given. */
  readonly entropy: ArrayLike<number>;
  /** `[T]` nats, with the information gone. */
  readonly lostEntropy: ArrayLike<number>;
  /** One for all tokens, or `[T]`. */
  readonly advantage: number | ArrayLike<number>;
  /** `[T]` 1 where the token counts; all count when absent. */
  readonly mask?: ArrayLike<number> | undefined;
}

export interface CppoOptions {
  /** In [0, 1], default 0.5. */
  readonly tokenShare?: number;
  /** Default true. */
  readonly onlyBetter?: boolean;
}

const readTokenOptions = optionsOf(cppoSchema, "tokenShare", "onlyBetter");
const readTermOptions = neededOptionsOf(cppoSchema, "coefficient", "temperature", "bound");

/** Keeps 0/0 away where a token is sure either way, as the authors' code does. */
const SURE = 1e-6;

/**
 * The tokens of one completion that take part, 1, else 0.
 *
 *     ΔHₜ = Hₜ(lost) − Hₜ
 *     of the n tokens with ΔH > 0, those with ΔH/(H(lost) + 1e−6) at least the k-th largest, k = max(1, ⌊share·n⌋);
 *     none of a token whose advantage is not above 0, where only better ones count
 *
 * Source: the authors' code, github.com/vbdi/cppo at 77f8763, `verl/recipe/cppo/cppo_dp_actor.py`. Ties are all kept. There
 * the padding of a batch counts among the n; here only tokens that count do.
 *
 * @throws ConfigError, ShapeError when an option is unknown, or lengths differ
 * @throws NumericError when an entropy is negative, infinite or NaN, an advantage not finite, or the share outside [0, 1]
 */
export function cppoTokens(input: CppoInput, options: CppoOptions = {}): Uint8Array {
  const { tokenShare, onlyBetter } = readTokenOptions(options);
  requireInput(input);
  const { entropy, lostEntropy, advantage, mask } = input;
  const tokens = checkSignals({ entropy: ["nats", entropy], lostEntropy: ["nats", lostEntropy] }, mask);
  checkAdvantage(advantage, tokens, mask);
  const gains = Float64Array.from({ length: tokens }, (_, t) =>
    counts(mask, t) ? Math.max(0, lostEntropy[t]! - entropy[t]!) / (lostEntropy[t]! + SURE) : 0,
  );
  const gaining = gains.filter((gain) => gain > 0).sort();
  const kept = Math.max(1, Math.floor(tokenShare * gaining.length));
  const threshold = tokenShare === 0 ? Infinity : (gaining.at(-kept) ?? Infinity);
  return Uint8Array.from(gains, (gain, t) =>
    gain > 0 && gain >= threshold && (!onlyBetter || advantageAt(advantage, t) > 0) ? 1 : 0,
  );
}

/**
 * The term at one token, as it is maximised, with its slopes.
 *
 *     −γ·log(1 + e^{(k3⁺ − k3⁻)/τ}),   k3± = k3 between the images as given and the view
 *
 * Source: arXiv:2601.00501; k3 held at a bound without slope beyond it, as verl's estimate is.
 *
 * @param given log π(o), nats
 * @param kept the same under the view that says the same
 * @param lost the same under the view whose information is gone
 * @throws ConfigError, NumericError when an option is unknown, absent or impossible
 * @example
 * cppoTerm({ coefficient: 1, temperature: 0.1, bound: 10 }, -1, -2, -2).value; // −ln 2
 */
export function cppoTerm(
  options: { coefficient: number; temperature: number; bound: number },
  given: number,
  kept: number,
  lost: number,
): ReturnType<CreditViewTerm["at"]> {
  return contrast(readTermOptions(options), given, kept, lost);
}

/** The term of options that are known to be possible. */
function contrast(
  { coefficient, temperature, bound }: { coefficient: number; temperature: number; bound: number },
  given: number,
  kept: number,
  lost: number,
): ReturnType<CreditViewTerm["at"]> {
  const same = sampledDivergence("estimate", given, kept, bound);
  const other = sampledDivergence("estimate", given, lost, bound);
  const margin = (same.value - other.value) / temperature;
  const slope = -coefficient / (1 + Math.exp(-margin)) / temperature;
  return {
    value: -coefficient * (Math.max(margin, 0) + Math.log1p(Math.exp(-Math.abs(margin)))),
    given: slope * (same.first - other.first),
    views: [slope * same.second, -slope * other.second],
  };
}

/**
 * CPPO with its options bound: where an objective is a mean over tokens, the mean of the term over the tokens of the batch
 * that take part.
 */
function cppoMethod(config: CppoConfig): CreditMethod {
  const { kind, temperature, bound, tokenShare, onlyBetter } = config;
  const method = perBatch(
    {
      entropy: true,
      advantage: true,
      views: { kept: { image: config.kept }, lost: { image: config.lost, entropy: true } },
    },
    (completion, where) => {
      const { mask } = completion;
      const views = requireSignal(completion, "views", kind, where);
      const [kept, lost] = ["kept", "lost"].map((name) =>
        requirePart(views[name], `the view "${name}"`, kind, where),
      ) as [ViewPass, ViewPass];
      const input = {
        mask,
        entropy: requireSignal(completion, "entropy", kind, where),
        lostEntropy: requirePart(lost.entropy, 'entropy of the view "lost"', kind, where),
        advantage: requireAdvantage(completion, kind, where),
      };
      return { mask, views: [kept, lost], taking: cppoTokens(input, { tokenShare, onlyBetter }) };
    },
    (inputs) => {
      const tokens = sum(inputs.map(({ mask }) => countedTokens(mask, mask.length)));
      const taken = sum(inputs.map(({ taking }) => sum(taking)));
      const coefficient = taken === 0 ? 0 : (config.coefficient * tokens) / taken;
      const nothing = { value: 0, given: 0, views: [0, 0] };
      return inputs.map(({ mask, views, taking }) => ({
        weights: uniformWeights(mask),
        viewTerm: {
          views,
          at: (t, given, [kept, lost]) =>
            taking[t] === 1 ? contrast({ coefficient, temperature, bound }, given, kept!, lost!) : nothing,
        } satisfies CreditViewTerm,
      }));
    },
  );
  return { ...method, sharesEvenly: true, addsLossTerm: true };
}

export const cppoCredit = defineCredit({ schema: cppoSchema, create: cppoMethod });
