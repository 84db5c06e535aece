/**
 * @module
 * PEPO (arXiv:2603.22847): tokens whose hidden states are near the image's get more of the advantage, the more so the
 * less sure the model is. The weights are phased in over the run.
 */
import * as z from "zod";
import { mean } from "../../math/index.ts";
import { numberIn, readOptions } from "../../math/options.ts";
import { checkSignals, counts, requireInput } from "../check-signals.ts";
import { keepMass } from "../keep-mass.ts";
import { type CreditMethod, defineCredit, type ScoredWeights } from "../method.ts";
import { minMax } from "../min-max.ts";
import { optionRules } from "../option-rules.ts";
import { perCompletion, requireSignal } from "../per-completion.ts";
import { scheduledWeights } from "../weight-schedule.ts";

const pepoSchema = z
  .strictObject({
    kind: z.literal("pepo"),
    alpha: z.number().nonnegative().default(0.05).describe("How far likeness and entropy open the gate (α)."),
    temperature: z.number().positive().default(1.8).describe("Of the softmax over a completion's tokens."),
    schedule: z
      .enum(["linear", "none"])
      .default("linear")
      .describe("Weights come in linearly from 1 at the start of the run, or are there from the start."),
  })
  .describe(
    "PEPO, arXiv:2603.22847: weights from the likeness of hidden states to the image's, and entropy.",
  );

export interface PepoInput {
  /** `[T]` mean cosine between the hidden states of the token and of the image's tokens, over all layers. */
  readonly likeness: ArrayLike<number>;
  /** `[T]` nats. */
  readonly entropy: ArrayLike<number>;
  /** `[T]` 1 where the token counts; all count when absent. */
  readonly mask?: ArrayLike<number> | undefined;
}

export interface PepoOptions extends Partial<Pick<z.output<typeof pepoSchema>, "alpha" | "temperature">> {
  /** λ in [0, 1], share of the weights in force. Default 1. */
  readonly share?: number;
}

const OPTIONS = { ...optionRules(pepoSchema, "alpha", "temperature"), share: numberIn(0, 1, 1) };

/**
 * Weights of one completion.
 *
 *     xₜ = mm(V)ₜ + mm(H)ₜ                              mm: min-max over the completion; V the likeness
 *     gₜ = 1 + α·tanh(xₜ − mean x)
 *     wₜ = T·softmax(V·g / temperature)ₜ
 *     weight = 1 − λ + λ·wₜ
 *
 * Source: PEPO, arXiv:2603.22847, and github.com/xzxxntxdy/PEPO at 2b1e788, `src/pepo/train/grpo_trainer.py`; α and the
 * temperature are its scripts'. No gradient goes through the weights.
 *
 * @returns weights of mean 1, and the likeness as scores
 * @throws ConfigError, ShapeError when an option is unknown, or lengths differ
 * @throws NumericError when a likeness lies outside [−1, 1], an entropy is impossible, or an option
 */
export function pepo(input: PepoInput, options: PepoOptions = {}): ScoredWeights {
  const { alpha, temperature, share } = readOptions(options, OPTIONS);
  requireInput(input);
  const { likeness, entropy, mask } = input;
  checkSignals({ likeness: ["cosine", likeness], entropy: ["nats", entropy] }, mask);
  const scores = Float64Array.from(likeness, (value, t) => (counts(mask, t) ? value : 0));
  const [seen, unsure] = [minMax(likeness, mask), minMax(entropy, mask)];
  const mixed = seen.map((value, t) => value + unsure[t]!);
  const centre = mean(mixed, mask);
  const logits = mixed.map((value, t) => scores[t]! * (1 + alpha * Math.tanh(value - centre)));
  const peak = logits.reduce((top, value, t) => (counts(mask, t) ? Math.max(top, value) : top), -Infinity);
  const shares = logits.map((value, t) => (counts(mask, t) ? Math.exp((value - peak) / temperature) : 0));
  return { weights: scheduledWeights(keepMass(shares, mask), share, mask), scores };
}

/** PEPO with its options bound; λ is the share of the run's iterations that are done. */
function pepoMethod(config: z.output<typeof pepoSchema>): CreditMethod {
  const { kind, alpha, temperature, schedule } = config;
  const isScheduled = schedule === "linear";
  return {
    ...perCompletion(
      { entropy: true, hiddenCosine: { layers: "all", pairing: "pairwise" } },
      (completion, where, { progress }) => {
        const likeness = requireSignal(completion, "hiddenCosine", kind, where);
        const entropy = requireSignal(completion, "entropy", kind, where);
        const share = isScheduled ? progress : 1;
        return pepo({ likeness, entropy, mask: completion.mask }, { alpha, temperature, share });
      },
    ),
    ...(isScheduled && { followsRun: true }),
  };
}

export const pepoCredit = defineCredit({ schema: pepoSchema, create: pepoMethod });
