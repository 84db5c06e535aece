/**
 * @module
 * GTPO and GRPO-S (arXiv:2508.04349): unsure tokens of right completions are rewarded more, sure tokens of
 * wrong completions are punished more, and advantages are computed from token rewards. GRPO-S does the same with
 * completions as a whole.
 */
import * as z from "zod";
import { groupAdvantages, isScorable, mean } from "../../math/index.ts";
import { checkSignals, countedTokens, counts, requireCompletions } from "../check-signals.ts";
import { type CreditMethod, defineCredit } from "../method.ts";
import { optionsOf } from "../option-rules.ts";
import { advantageAt, perGroup, requireAdvantage, requireSignal } from "../per-completion.ts";
import { evenWeights, uniformWeights } from "./uniform-weights.ts";

/** Below this an entropy counts as this much, so that its inverse is finite. */
const LEAST_ENTROPY = 1e-8;

const options = {
  outcome: z
    .number()
    .nonnegative()
    .default(1)
    .describe("Reward of a right completion, minus that of a wrong one (α₁)."),
  entropy: z.number().nonnegative().default(0.1).describe("Weight of the share of the entropy (α₂)."),
  normalisation: z
    .enum(["joint", "separate"])
    .default("joint")
    .describe(
      "Whether right and wrong completions are normalised together, or apart, which leaves no reward for a right answer.",
    ),
  entropyRange: z
    .tuple([z.number().positive(), z.number().positive()])
    .refine(([low, high]) => low <= high, { error: "expected the lower bound first" })
    .optional()
    .describe("Entropies are held within these nats; as they are unless given."),
  rightReward: z.number().default(0.5).describe("Reward from which on a completion counts as right."),
};
const gtpoSchema = z
  .strictObject({ kind: z.literal("gtpo"), ...options })
  .describe("GTPO, arXiv:2508.04349: token rewards by the token's share of the entropy at its place.");
const grpoSSchema = z
  .strictObject({ kind: z.literal("grpo-s"), ...options })
  .describe("GRPO-S, arXiv:2508.04349: completions rewarded by their share of the entropy.");

export interface GtpoInput {
  /** `[T]` nats. */
  readonly entropy: ArrayLike<number>;
  /** Null where the completion could not be judged. */
  readonly reward: number | null;
  /** `[T]` 1 where the token counts; all count when absent. */
  readonly mask?: ArrayLike<number> | undefined;
}

export type GtpoOptions = Partial<Omit<z.output<typeof gtpoSchema>, "kind">>;

const readOptions = optionsOf(gtpoSchema, ...(Object.keys(options) as (keyof typeof options)[]));

/**
 * GTPO's token advantages of one group.
 *
 *     right   r̃ᵢₜ =  α₁ + α₂·dₜ·Hᵢₜ / Σ_k H_kₜ               over the dₜ right completions that reach t
 *     wrong   r̃ⱼₜ = −α₁ − α₂·hₜ·(1/Hⱼₜ) / Σ_k (1/H_kₜ)        over the hₜ wrong ones
 *     Âᵢₜ = (r̃ᵢₜ − mean) / (std + 1e-6)                      over all tokens of both sides, or of the same side
 *
 * Source: arXiv:2508.04349, by two ports of it; docs/methods/gtpo.md says what they differ in.
 *
 * @param completions `[G]`
 * @returns `[G][T]`, 0 where a completion could not be judged; undefined where not both sides have tokens
 * @throws ConfigError, ShapeError when an option is unknown, or lengths differ
 * @throws NumericError when an entropy is NaN, infinite or negative, or an option impossible
 * @example
 * gtpo([{ entropy: [1], reward: 1 }, { entropy: [3], reward: 0 }]); // [[√½], [−√½]]
 */
export function gtpo(
  completions: readonly GtpoInput[],
  chosen: GtpoOptions = {},
): Float64Array[] | undefined {
  const known = readOptions(chosen);
  const { outcome, entropy: weight, normalisation, rightReward } = known;
  const [low, high] = known.entropyRange ?? [LEAST_ENTROPY, Infinity];
  requireCompletions(completions);
  for (const { entropy, mask } of completions) checkSignals({ entropy: ["nats", entropy] }, mask);
  const isAlive = (i: number, t: number) =>
    t < completions[i]!.entropy.length && counts(completions[i]!.mask, t);
  const sides = [true, false].map((isRight) =>
    [...completions.keys()].filter((i) => {
      const { entropy, reward, mask } = completions[i]!;
      return (
        isScorable(reward) && reward >= rightReward === isRight && countedTokens(mask, entropy.length) > 0
      );
    }),
  );
  if (sides.some((side) => side.length === 0)) return undefined;
  const rewards = completions.map(({ entropy }) => new Float64Array(entropy.length));
  for (const [s, side] of sides.entries()) {
    const sign = s === 0 ? 1 : -1;
    for (let t = 0; side.some((i) => t < rewards[i]!.length); t++) {
      const alive = side.filter((i) => isAlive(i, t));
      const parts = alive.map((i) => Math.min(Math.max(completions[i]!.entropy[t]!, low), high) ** sign);
      const average = mean(parts);
      for (const [k, i] of alive.entries())
        rewards[i]![t] = sign * (outcome + (weight * parts[k]!) / average);
    }
  }
  const advantages = completions.map(({ entropy }) => new Float64Array(entropy.length));
  for (const members of normalisation === "joint" ? [sides.flat()] : sides) {
    const tokens = members.flatMap((i) =>
      [...rewards[i]!.keys()].filter((t) => isAlive(i, t)).map((t) => [i, t] as const),
    );
    const normalised = groupAdvantages(tokens.map(([i, t]) => rewards[i]![t]!));
    for (const [k, [i, t]] of tokens.entries()) advantages[i]![t] = normalised[k]!;
  }
  return advantages;
}

/** GRPO-S: the same of completions that are one token each, of their mean entropy; every token has its completion's. */
export function grpoS(
  completions: readonly GtpoInput[],
  chosen: GtpoOptions = {},
): Float64Array[] | undefined {
  readOptions(chosen);
  requireCompletions(completions);
  const whole = completions.map(({ entropy, reward, mask }) => {
    checkSignals({ entropy: ["nats", entropy] }, mask);
    return {
      entropy: [mean(entropy, mask)],
      reward,
      mask: [Math.min(1, countedTokens(mask, entropy.length))],
    };
  });
  return gtpo(whole, chosen)?.map(([advantage = 0], i) =>
    evenWeights(completions[i]!.entropy.length, completions[i]!.mask, advantage),
  );
}

/** Either with its options bound; a group without both right and wrong completions keeps the objective's advantages. */
function method(advantagesOf: typeof gtpo) {
  return ({ kind, ...chosen }: z.output<typeof gtpoSchema> | z.output<typeof grpoSSchema>): CreditMethod =>
    perGroup(
      { entropy: true, advantage: true },
      (completion, where) => ({
        entropy: requireSignal(completion, "entropy", kind, where),
        reward: completion.reward ?? null,
        mask: completion.mask,
        given: requireAdvantage(completion, kind, where),
      }),
      (inputs) => {
        const advantages = advantagesOf(inputs, chosen);
        return inputs.map(({ mask, given }, i) => ({
          weights: uniformWeights(mask),
          ...(advantages && {
            advantageBonus: advantages[i]!.map((own, t) =>
              counts(mask, t) ? own - advantageAt(given, t) : 0,
            ),
          }),
        }));
      },
    );
}

export const gtpoCredit = defineCredit({ schema: gtpoSchema, create: method(gtpo) });
export const grpoSCredit = defineCredit({
  schema: grpoSSchema,
  create: (config) => ({ ...method(grpoS)(config), sharesEvenly: true }),
});
