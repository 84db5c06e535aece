/**
 * @module
 * VGPO (arXiv:2604.09349): tokens whose hidden state lies near the image's carry more of the advantage, and so do completions
 * that stay near it; late tokens that do are raised.
 */
import * as z from "zod";
import { decimalCeiling, decimalProduct, mean } from "../../math/index.ts";
import { checkSignals, counts, requireCompletions } from "../check-signals.ts";
import { type CreditMethod, defineCredit, type ScoredWeights } from "../method.ts";
import { minMax } from "../min-max.ts";
import { optionsOf } from "../option-rules.ts";
import { perGroup, requireSignal } from "../per-completion.ts";
import { topShare } from "../top-share.ts";

const vgpoSchema = z
  .strictObject({
    kind: z.literal("vgpo"),
    beta: z.number().nonnegative().default(0.3).describe("Gain of the last token if its gate is open (β)."),
    tail: z.number().min(0).max(1).default(0.5).describe("Share of last tokens that have gates (γ)."),
    gate: z.number().min(0).max(1).default(0.2).describe("Share of the tail whose gates are open (κ)."),
    groups: z
      .boolean()
      .default(true)
      .describe("Whether completions of a group are weighed against each other."),
    form: z.enum(["paper", "code"]).default("paper").describe("As printed, or as in the authors' code."),
  })
  .describe("VGPO, arXiv:2604.09349: weights from the likeness of hidden states to the image's.");

export interface VgpoInput {
  /** `[T]` cos of the token's last hidden state and the mean of the image's, in [−1, 1]. */
  readonly likeness: ArrayLike<number>;
  /** `[T]` 1 where the token counts; all count when absent. */
  readonly mask?: ArrayLike<number> | undefined;
}

export type VgpoOptions = Partial<Omit<z.output<typeof vgpoSchema>, "kind">>;

const readOptions = optionsOf(vgpoSchema, "beta", "tail", "gate", "groups", "form");

/**
 * Weights of one group.
 *
 *     ρₜ = (cosₜ + 1)/2
 *     Gₜ = 1 for the ⌈κ·n⌉ tokens of highest ρ among the n with t > (1 − γ)·T, else 0
 *     wₜ = ρₜ·(1 + Gₜ·β·t/T),   ψₜ = ŵₜ − mean ŵ          ŵ: min-max over the completion
 *     sᵢ = Σₜ wₜ,               φᵢ = ŝᵢ − mean ŝ          ŝ: min-max over the group
 *     weight = (1 + ψₜ)·(1 + φᵢ)
 *
 * Source: VGPO, arXiv:2604.09349. Form `"code"` follows github.com/wzb-bupt/VGPO at d773c71. There ρ = (cos −
 * min(0, least cos of the group))/2, and gates open for the max(1, ⌊κ·n⌋) highest, ties included. It has (t − 1)/(T − 1) for
 * t/T and sᵢ = Σ ŵₜ, and clips 1 + ψ to [0.1, 2] and 1 + φ to [0.9, 2].
 *
 * @param completions `[G]`
 * @returns `[G]` weights, of mean 1 in the paper's form except for φ, and the likeness as scores
 * @throws ConfigError, ShapeError when an option is unknown, or lengths differ
 * @throws NumericError when a likeness lies outside [−1, 1], or an option is impossible
 */
export function vgpo(completions: readonly VgpoInput[], options: VgpoOptions = {}): ScoredWeights[] {
  const { beta, tail, gate, groups, form } = readOptions(options);
  requireCompletions(completions);
  for (const { likeness, mask } of completions) checkSignals({ likeness: ["cosine", likeness] }, mask);
  const isPaper = form === "paper";
  const places = completions.map(({ likeness, mask }) =>
    Array.from(likeness, (_, t) => t).filter((t) => counts(mask, t)),
  );
  const kept = completions.map(({ likeness }, i) => Float64Array.from(places[i]!, (t) => likeness[t]!));
  const least = kept.reduce((all, own) => own.reduce((one, value) => Math.min(one, value), all), 0);
  const offset = isPaper ? 1 : -least;
  const focus = kept.map((own) => {
    const shares = own.map((value) => (value + offset) / 2);
    const open = openGates(shares, tail, gate, isPaper);
    const step = (t: number) => (isPaper ? (t + 1) / own.length : t / Math.max(1, own.length - 1));
    return shares.map((share, t) => share * (1 + beta * open[t]! * step(t)));
  });
  const normalised = focus.map((own) => minMax(own));
  const scores = (isPaper ? focus : normalised).map((own) => own.reduce((sum, value) => sum + value, 0));
  const counted = kept.map(({ length }) => (length > 0 ? 1 : 0));
  const factors = groups ? centred(minMax(scores, counted), counted) : scores.map(() => 1);
  return completions.map(({ likeness }, i) => {
    const weights = new Float64Array(likeness.length);
    const own = Float64Array.from(likeness, (value, t) => (counts(completions[i]!.mask, t) ? value : 0));
    const factor = isPaper ? factors[i]! : held(factors[i]!, 0.9);
    for (const [k, value] of centred(normalised[i]!).entries()) {
      weights[places[i]![k]!] = (isPaper ? value : held(value, 0.1)) * factor;
    }
    return { weights, scores: own };
  });
}

/** 1 for the tokens of the tail whose share of likeness is highest. */
function openGates(shares: Float64Array, tail: number, gate: number, isPaper: boolean): Float64Array {
  const open = new Float64Array(shares.length);
  const late = shares.subarray(shares.length - decimalCeiling(tail, shares.length));
  if (late.length === 0) return open;
  const sorted = late.toSorted().reverse();
  const least = sorted[Math.max(1, decimalProduct(gate, late.length).whole) - 1]!;
  const chosen = isPaper ? topShare(late, gate) : late.map((share) => (share >= least ? 1 : 0));
  open.set(chosen, shares.length - late.length);
  return open;
}

/** 1 + xᵢ − mean x. */
function centred(values: Float64Array, counted?: readonly number[]): Float64Array {
  const average = mean(values, counted);
  return values.map((value) => 1 + value - average);
}

const held = (value: number, least: number) => Math.min(Math.max(value, least), 2);

/** VGPO with its options bound. */
function vgpoMethod({ kind, ...options }: z.output<typeof vgpoSchema>): CreditMethod {
  return perGroup(
    { hiddenCosine: { layers: "last", pairing: "mean" } },
    (completion, where) => ({
      likeness: requireSignal(completion, "hiddenCosine", kind, where),
      mask: completion.mask,
    }),
    (inputs) => vgpo(inputs, options),
  );
}

export const vgpoCredit = defineCredit({ schema: vgpoSchema, create: vgpoMethod });
