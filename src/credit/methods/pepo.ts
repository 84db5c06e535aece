/**
 * @module
 * PEPO (arXiv:2603.22847): tokens whose hidden states are near the image's get more of the advantage, the more so the
 * less sure the model is. The weights are phased in over the run.
 */
import * as z from "zod";
import { mean } from "../../math/index.ts";
import { checkOption, checkSignals, counts } from "../check-signals.ts";
import { keepMass } from "../keep-mass.ts";
import { type CreditMethod, defineCredit, type ScoredWeights } from "../method.ts";
import { minMax } from "../min-max.ts";
import { completionName, requireSignal } from "../per-completion.ts";
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
 * @throws ShapeError when lengths differ
 * @throws NumericError when a likeness lies outside [−1, 1], an entropy is impossible, or an option
 */
export function pepo(input: PepoInput, options: PepoOptions = {}): ScoredWeights {
  const { likeness, entropy, mask } = input;
  const { alpha = 0.05, temperature = 1.8, share = 1 } = options;
  checkSignals({ likeness: ["cosine", likeness], entropy: ["nats", entropy] }, mask);
  checkOption("alpha", alpha, 0, Infinity);
  checkOption("temperature", temperature, Number.MIN_VALUE, Infinity);
  checkOption("share", share, 0, 1);
  const scores = Float64Array.from(likeness, (value, t) => (counts(mask, t) ? value : 0));
  const [seen, unsure] = [minMax(likeness, mask), minMax(entropy, mask)];
  const mixed = seen.map((value, t) => value + unsure[t]!);
  const centre = mean(mixed, mask);
  const logits = mixed.map(
    (value, t) => (scores[t]! * (1 + alpha * Math.tanh(value - centre))) / temperature,
  );
  const peak = logits.reduce((top, value, t) => (counts(mask, t) ? Math.max(top, value) : top), -Infinity);
  const shares = logits.map((value, t) => (counts(mask, t) ? Math.exp(value - peak) : 0));
  return { weights: scheduledWeights(keepMass(shares, mask), share, mask), scores };
}

/** PEPO with its options bound; λ is the share of the run's iterations that are done. */
function pepoMethod(config: z.output<typeof pepoSchema>): CreditMethod {
  return {
    needs: { entropy: true, hiddenCosine: { layers: "all", pairing: "pairwise" } },
    ...(config.schedule === "linear" && { followsRun: true }),
    credit: (groups, _, progress = 1) =>
      groups.map((group, g) =>
        group.map((completion, i) => {
          const likeness = requireSignal(completion, "hiddenCosine", config.kind, completionName(g, i));
          const entropy = requireSignal(completion, "entropy", config.kind, completionName(g, i));
          const share = config.schedule === "linear" ? progress : 1;
          return pepo({ likeness, entropy, mask: completion.mask }, { ...config, share });
        }),
      ),
  };
}

export const pepoCredit = defineCredit({ schema: pepoSchema, create: pepoMethod });
