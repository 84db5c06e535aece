/**
 * @module
 * AT-RL as a part of a run's configuration, and from there to a credit method.
 */
import * as z from "zod";
import { PAPER_BIAS_CURVE } from "../../bias-curve.ts";
import { type CreditMethod, defineCredit } from "../../method.ts";
import { perCompletion, requireSignal } from "../../per-completion.ts";
import type { CalibratedRequest } from "../../signals/calibrated.ts";
import { MOST_NEIGHBOURS } from "../../token-clusters.ts";
import { AT_RL_WEIGHTINGS, atRl } from "./at-rl.ts";

const share = z.number().min(0).max(1);

const refinementSchema = z.strictObject({
  threshold: share
    .default(0.75)
    .describe("Tokens less like the centroid of their cluster lose importance (τ_cen)."),
  attenuation: share.default(0.6).describe("Factor of their importance (α)."),
});

const expansionSchema = z.strictObject({
  anchorShare: share.default(0.15).describe("Share of tokens that count as anchors (q)."),
  neighbours: z
    .int()
    .nonnegative()
    .max(MOST_NEIGHBOURS)
    .default(4)
    .describe("Neighbours of an anchor that may gain (R)."),
  threshold: z.number().nonnegative().default(0.65).describe("Threshold of a neighbour's evidence (τ_nb)."),
  similarityWeight: z.number().nonnegative().default(0.5).describe("Weight of the cosine in it (λ_sim)."),
  importanceWeight: z
    .number()
    .nonnegative()
    .default(0.5)
    .describe("Weight of its own importance in it (λ_imp)."),
});

const biasCurveSchema = z.strictObject({
  exponential: z
    .number()
    .nonnegative()
    .default(PAPER_BIAS_CURVE.exponential)
    .describe("How much more attention the first positions get for their place alone (λ_exp)."),
  decay: z
    .number()
    .nonnegative()
    .default(PAPER_BIAS_CURVE.decay)
    .describe("How fast that fades along the sequence (γ)."),
  cosine: z
    .number()
    .min(-0.99)
    .max(0.99)
    .default(PAPER_BIAS_CURVE.cosine)
    .describe("Amplitude of a half wave from the first position to the last (λ_cos)."),
});

const atRlSchema = z
  .strictObject({
    kind: z.literal("at-rl"),
    scale: z
      .enum(["paper", "mean-one"])
      .default("paper")
      .describe("Weights as printed, which sum to 1 over clusters, or divided by their mean over tokens."),
    row: z
      .enum(["own", "predicting"])
      .default("own")
      .describe("Attention from the token itself, or from the position that predicts it."),
    layers: z.int().min(1).default(4).describe("Last decoder layers whose attention is averaged (L)."),
    biasCorrection: z
      .union([z.boolean(), biasCurveSchema])
      .default(true)
      .describe(
        "Divide attention by the bias of each position: true for the paper's curve, its parameters for another, or false.",
      ),
    similarityThreshold: share
      .default(0.7)
      .describe("Tokens are joined where their cosine exceeds this (τ_sim)."),
    clusterSize: z
      .number()
      .min(1)
      .default(10)
      .describe("Tokens per cluster; there are max(2, ⌊T / clusterSize⌋) clusters."),
    refinement: z
      .union([z.literal(false), refinementSchema])
      .prefault({})
      .describe("Less importance for tokens that do not fit their cluster; false turns it off."),
    expansion: z
      .union([z.literal(false), expansionSchema])
      .prefault({})
      .describe("More importance for neighbours of anchors; false turns it off."),
    weighting: z
      .enum(AT_RL_WEIGHTINGS)
      .default("clusters")
      .describe("Basis of the weights; all except clusters are ablations, Tables 5 and 7."),
    tokenShare: share
      .optional()
      .describe("Weighting top-share only: share of tokens that keep the advantage (default 0.15)."),
    seed: z.int().default(0).describe("Seed of the graph partitioner."),
  })
  .refine((config) => config.weighting === "top-share" || config.tokenShare === undefined, {
    path: ["tokenShare"],
    error: 'applies to weighting "top-share" only',
  })
  .describe(
    "AT-RL, arXiv:2602.11455: clusters of tokens that attend alike, weighted by attention to the image.",
  );

/** The engine request; the paper's curve is sent without parameters, so that every engine supports it. */
function calibratedRequest({ row, layers, biasCorrection }: z.output<typeof atRlSchema>): CalibratedRequest {
  if (typeof biasCorrection === "boolean") return { row, layers, biasCorrection };
  const { exponential, decay, cosine } = PAPER_BIAS_CURVE;
  const isPaper =
    biasCorrection.exponential === exponential &&
    biasCorrection.decay === decay &&
    biasCorrection.cosine === cosine;
  return { row, layers, biasCorrection: true, ...(!isPaper && { biasCurve: biasCorrection }) };
}

/** AT-RL with its options bound. */
function atRlMethod(config: z.output<typeof atRlSchema>): CreditMethod {
  const calibrated = calibratedRequest(config);
  const { kind, row: _row, layers: _layers, biasCorrection: _biasCorrection, ...options } = config;
  const { similarityThreshold, clusterSize, seed, expansion } = options;
  const neighbours = expansion === false ? 0 : expansion.neighbours;
  const method = perCompletion({ calibrated }, (completion, where, { rng }) => {
    const { mask, signals } = completion;
    const input = signals?.clusters ?? requireSignal(completion, "calibrated", kind, where);
    const { weights, clusters, lacksVisualMass } = atRl({ ...input, mask }, options, rng);
    return { weights, clusters, ...(lacksVisualMass && { lacksVisualMass }) };
  });
  const lighter = { ...calibrated, similarityThreshold, clusterSize, neighbours, seed };
  return { ...method, lighterNeeds: { clusters: lighter } };
}

export const atRlCredit = defineCredit({ schema: atRlSchema, create: atRlMethod });
