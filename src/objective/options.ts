/**
 * @module
 * Options that several algorithms share, as parts of their schemas, and their meaning as functions.
 */
import * as z from "zod";
import {
  type Aggregation,
  groupAdvantages,
  klEstimators,
  sequenceMean,
  sequenceSumNorm,
  tokenMean,
} from "../math/index.ts";
import type { AdvantagePart, Surrogate, TokenAlgorithm, TruncatedPart } from "./algorithm.ts";
import { type KlSchedule, klScheduleSchema, klShare } from "./kl-schedule.ts";
import { outcomeAdvantages } from "./outcome-advantages.ts";
import { type SamplerCorrectionConfig, samplerCorrectionSchema } from "./sampler-correction.ts";
import type { ObjectiveContext } from "./types.ts";

const aggregationSchema = z
  .union([
    z.enum(["token-mean", "sequence-mean", "sequence-sum-norm"]),
    z.strictObject({
      kind: z.literal("sequence-sum-norm"),
      length: z.int().positive().describe("The constant by which token sums are divided, in tokens."),
    }),
  ])
  .describe(
    "Aggregation over tokens: token-mean, sequence-mean, or sequence-sum-norm, whose constant is by default the sampler's limit on completion tokens, or { kind, length }.",
  );

type AggregationConfig = z.output<typeof aggregationSchema>;

/** The aggregation option with an algorithm's own default. */
export function aggregationOption(
  preset: Extract<AggregationConfig, string>,
): z.ZodDefault<typeof aggregationSchema> {
  return aggregationSchema.default(preset);
}

/** Treatment of completions truncated at the limit. */
const truncatedOption = {
  truncated: z
    .enum(["keep", "mask", "mask-and-count"])
    .default("keep")
    .describe(
      "Completions truncated at the limit: keep them; mask their tokens, which removes them from every mean; or mask-and-count them, so that means over completions still divide by them. Their rewards always count in the group's baseline.",
    ),
};

/** Terms beside the surrogate: KL to the reference and an entropy bonus, both off unless given a coefficient. */
export const termOptions = {
  klCoefficient: z
    .number()
    .nonnegative()
    .default(0)
    .describe("Weight β of the KL term to the reference; 0 needs no reference."),
  klSchedule: klScheduleSchema,
  klEstimator: z.enum(["k1", "k2", "k3"]).default("k3").describe("Estimator of the KL term."),
  klPlacement: z
    .enum(["loss", "reward"])
    .default("loss")
    .describe(
      "loss: a term of the loss; reward: subtracted from the reward of each token, with the log-probs of sampling.",
    ),
  entropyCoefficient: z
    .number()
    .nonnegative()
    .default(0)
    .describe("Weight of the entropy bonus; above 0 the engine must be able to differentiate entropy."),
  samplerCorrection: samplerCorrectionSchema,
  ...truncatedOption,
};

/** How group rewards are scaled. */
export const advantageOptions = {
  advantageScale: z
    .enum(["std", "none"])
    .default("std")
    .describe("Divide centred rewards by the group's standard deviation, or not."),
  advantageEpsilon: z
    .number()
    .nonnegative()
    .default(1e-6)
    .describe("Added to the standard deviation against division by nearly 0."),
};

/** Bounds of the importance ratio with an algorithm's own defaults. */
export function clipOptions(
  low: number,
  high: number,
): { clipLow: z.ZodDefault<z.ZodNumber>; clipHigh: z.ZodDefault<z.ZodNumber> } {
  return {
    clipLow: z.number().nonnegative().default(low).describe("The ratio's lower bound is 1 − clipLow."),
    clipHigh: z.number().nonnegative().default(high).describe("The ratio's upper bound is 1 + clipHigh."),
  };
}

/** Dual clip, off unless given. */
export const dualClipOption = {
  dualClip: z
    .number()
    .gt(1)
    .optional()
    .describe("Bound of the loss for negative advantages, as a ratio (3 is usual); off by default."),
};

interface SharedConfig {
  readonly klCoefficient: number;
  readonly klSchedule?: KlSchedule | undefined;
  readonly klEstimator: keyof typeof klEstimators;
  readonly klPlacement: "loss" | "reward";
  readonly entropyCoefficient: number;
  readonly samplerCorrection?: SamplerCorrectionConfig | false | undefined;
  readonly truncated: TruncatedPart;
  readonly aggregation: AggregationConfig;
}

/** The parts of an algorithm that its surrogate does not decide: terms and aggregation. */
export function sharedParts(
  config: SharedConfig,
  context: ObjectiveContext,
): Pick<TokenAlgorithm, "unit" | "kl" | "entropyCoefficient" | "correction" | "truncated" | "aggregation"> {
  return {
    unit: "token",
    kl: {
      coefficient: config.klCoefficient,
      ...klShare(config),
      estimate: klEstimators[config.klEstimator],
      placement: config.klPlacement,
    },
    entropyCoefficient: config.entropyCoefficient,
    correction: config.samplerCorrection || undefined,
    truncated: config.truncated,
    aggregation: aggregationOf(config.aggregation, context),
  };
}

/** The advantage part of algorithms that compare within groups. */
export function groupAdvantagePart(config: {
  readonly advantageScale: "std" | "none";
  readonly advantageEpsilon: number;
}): AdvantagePart {
  const options = { scale: config.advantageScale, epsilon: config.advantageEpsilon };
  return outcomeAdvantages((rewards) => groupAdvantages(rewards, options));
}

/** A surrogate that depends on the ratio only. */
export function ratioSurrogate(
  surrogate: (
    ratio: number,
    advantage: number,
  ) => { value: number; derivative: number; clipped: "none" | "low" | "high" | "dual" },
): Surrogate {
  return (ratio, advantage) => {
    const { value, derivative, clipped } = surrogate(ratio, advantage);
    return { value, ratioDerivative: derivative, logprobDerivative: 0, clipped };
  };
}

const aggregations: Readonly<
  Record<Extract<AggregationConfig, string>, (length: number | undefined) => Aggregation>
> = {
  "token-mean": () => tokenMean,
  "sequence-mean": () => sequenceMean,
  "sequence-sum-norm": sequenceSumNorm,
};

function aggregationOf(config: AggregationConfig, context: ObjectiveContext): Aggregation {
  return typeof config === "string"
    ? aggregations[config](context.maxCompletionTokens)
    : sequenceSumNorm(config.length);
}
