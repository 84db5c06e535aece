/**
 * @module
 * TPAE (arXiv:2609.39168) lowers the advantage of tokens that it does not trust. These are tokens whose dependence on
 * the image and entropy are unlike the values of the same token in right completions.
 */
import * as z from "zod";
import { EngineError } from "../../errors/index.ts";
import { isScorable } from "../../math/index.ts";
import { checkSignals, counts, requireCompletions } from "../check-signals.ts";
import { imageAblationSchema } from "../image-ablation.ts";
import { type CreditMethod, defineCredit } from "../method.ts";
import { optionsOf } from "../option-rules.ts";
import { perGroup, requireSignal } from "../per-completion.ts";
import { distanceFromSameTokens, type TokenSample, tokenSamples } from "../token-distances.ts";
import { uniformWeights } from "./uniform-weights.ts";

const tpaeSchema = z
  .strictObject({
    kind: z.literal("tpae"),
    confidence: z
      .number()
      .min(0)
      .lt(1)
      .default(0.99)
      .describe("Of normal tokens, so many are trusted (τ = √χ²₂)."),
    leastCount: z.int().min(2).default(3).describe("Right tokens of an id below which it is trusted."),
    rightReward: z.number().default(0.5).describe("Reward from which on a completion counts as right."),
    image: imageAblationSchema.prefault({ kind: "blacken-patches", probability: 0.6 }),
  })
  .describe("TPAE, arXiv:2609.39168: tokens unlike the same tokens in right completions lose advantage.");

export interface TpaeInput {
  /** `[T]` nats, KL between the images as given and ablated. */
  readonly divergence: ArrayLike<number>;
  /** `[T]` nats, with the images as given. */
  readonly entropy: ArrayLike<number>;
  /** `[T]` sampled ids. */
  readonly tokens: ArrayLike<number>;
  /** Null where the completion could not be judged. */
  readonly reward: number | null;
  /** `[T]` 1 where the token counts; all count when absent. */
  readonly mask?: ArrayLike<number> | undefined;
}

export type TpaeOptions = Partial<Omit<z.output<typeof tpaeSchema>, "kind" | "image">>;

const readOptions = optionsOf(tpaeSchema, "confidence", "leastCount", "rightReward");

/**
 * Additions to the advantages of one group.
 *
 *     zₜ      = [KL(π_given ‖ π_ablated), H]
 *     Mₜ      = √((zₜ − μ)ᵀ Σ⁻¹ (zₜ − μ))          μ, Σ of the token's id in the group's right completions
 *     trustₜ  = τ − Mₜ,   τ = √χ²₂(0.99) = 3.03
 *     penalty = σ(min(0, trustₜ)) − ½               in (−½, 0]
 *
 * Source: TPAE, arXiv:2609.39168; Σ by Ledoit and Wolf. Ids of fewer right tokens than `leastCount`, and ids whose z
 * are all equal, are trusted: penalty 0.
 *
 * @param completions `[G]`
 * @returns `[G][T]`; 0 throughout where no completion is right
 * @throws ConfigError, ShapeError, NumericError when an option, a length or a number is impossible
 */
export function tpae(completions: readonly TpaeInput[], options: TpaeOptions = {}): Float64Array[] {
  const { confidence, leastCount, rightReward } = readOptions(options);
  requireCompletions(completions);
  const threshold = Math.sqrt(-2 * Math.log(1 - confidence));
  const samples = completions.map(({ divergence, entropy, tokens, mask }) => {
    const ids = { tokens: ["index", tokens] } as const;
    checkSignals({ divergence: ["nats", divergence], entropy: ["nats", entropy], ...ids }, mask);
    return tokenSamples(tokens, divergence, entropy);
  });
  const right = completions.flatMap(({ reward, mask }, i) =>
    isScorable(reward) && reward >= rightReward ? samples[i]!.filter((_, t) => counts(mask, t)) : [],
  );
  const distance = distanceFromSameTokens(right, leastCount);
  const penalty = (token: TokenSample) => 1 / (1 + Math.exp(Math.max(0, distance(token) - threshold))) - 0.5;
  return completions.map(({ mask }, i) =>
    Float64Array.from(samples[i]!, (token, t) => (counts(mask, t) ? penalty(token) : 0)),
  );
}

/** TPAE with its options bound. */
function tpaeMethod({ kind, image, ...options }: z.output<typeof tpaeSchema>): CreditMethod {
  return perGroup(
    { entropy: true, advantage: true, ablation: { image, divergence: true } },
    (completion, where) => {
      const { divergence } = requireSignal(completion, "ablation", kind, where);
      const entropy = requireSignal(completion, "entropy", kind, where);
      const { tokens, reward = null, mask } = completion;
      if (divergence && tokens) return { divergence, entropy, tokens, reward, mask };
      throw new EngineError(`${kind}: expected divergences and tokens, got none (${where})`);
    },
    (inputs) => {
      const penalties = tpae(inputs, options);
      return inputs.map(({ mask }, i) => ({ weights: uniformWeights(mask), advantageBonus: penalties[i]! }));
    },
  );
}

export const tpaeCredit = defineCredit({ schema: tpaeSchema, create: tpaeMethod });
