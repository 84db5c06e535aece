/**
 * @module
 * AT-RL on the four objectives that its paper trains Qwen2.5-VL with, arXiv:2602.11455. Section 8.4 has one list of
 * hyper-parameters for all; options of a single objective come from that objective's paper.
 */
import {
  constantRate,
  noDualClip,
  noDynamicSampling,
  plainAdamW,
  plainLoss,
  plainSampler,
  unusedKl,
  upkeep,
  wholeBatch,
} from "./ours.ts";
import type { Preset } from "./preset.ts";
import { OFF, type Quotes, quotedPreset } from "./quoted.ts";

/** The hyper-parameters that the paper uses for every method, without AT-RL's credit. */
const common: Quotes = {
  ...upkeep,
  ...plainAdamW,
  ...constantRate,
  ...plainSampler,
  ...plainLoss,
  ...wholeBatch,
  "prompt.format": ["boxed", 'Section 14.1: "Extract answers enclosed in \\boxed{}"'],
  "verdict.from": [
    "anywhere",
    'Section 14.1: "Fallback: Full-text search for option letters or numerical values"',
  ],
  "reward.accuracy.values": [[-1, 1], "Eq. 1: +1 for a right answer, −1 for a wrong one"],
  "reward.accuracy.weight": [1, "Eq. 1: the reward is correctness alone"],
  "algorithm.advantageScale": ["std", 'Section 8.4: "group-wise mean/std advantage normalisation"'],
  "sampling.maxCompletionTokens": [
    4096,
    'Section 14.3: "Max Tokens 4096", of evaluation; no other is printed',
  ],
  "train.epochs": [1, 'Section 5.1: "trained on the ViRL-39K dataset for one epoch"'],
  "train.iterations": [OFF, "epochs say how long a run is"],
  "train.promptsPerIteration": [512, 'Section 8.4: "Batch size 512", counted in prompts as verl and DAPO do'],
  "train.groupSize": [8, 'Section 8.4: "Group size G = 8"'],
  "train.minibatches": [1, 'Section 8.4: "1 update/rollout"'],
  "train.learningRate": [1e-6, 'Section 8.4: "AdamW lr 1×10⁻⁶"'],
  "train.weightDecay": [0.01, 'Section 8.4: "wd 0.01"'],
  "train.maxGradientNorm": [1, "ours: no bound of the gradient is printed"],
};

const credit: Quotes = {
  "credit.kind": ["at-rl", "the method of the paper"],
  "credit.scale": ["paper", "Eq. 10: the weight of a token is that of its cluster, as printed"],
  "credit.row": ["own", "Section 3.1: the attention is that of the generated token"],
  "credit.layers": [4, 'Section 11: "the final L = 4 decoder layers"'],
  "credit.biasCorrection.exponential": [0.15, 'Section 8.1: "λ_exp = 0.15"'],
  "credit.biasCorrection.decay": [4, 'Section 8.1: "γ = 4.0"'],
  "credit.biasCorrection.cosine": [0.05, 'Section 8.1: "λ_cos = 0.05"'],
  "credit.similarityThreshold": [0.7, 'Section 8.6: "τ_sim = 0.7"'],
  "credit.clusterSize": [10, 'Section 8.6: "K = max(2, ⌊T/10⌋)"'],
  "credit.refinement.threshold": [0.75, 'Section 8.2: "τ_cen = 0.75"'],
  "credit.refinement.attenuation": [0.6, 'Section 8.2: "α = 0.6"'],
  "credit.expansion.anchorShare": [0.15, 'Section 8.3: "q = 0.15"'],
  "credit.expansion.neighbours": [4, 'Section 8.3: "R = 4"'],
  "credit.expansion.threshold": [0.65, 'Section 8.3: "τ_nb = 0.65"'],
  "credit.expansion.similarityWeight": [0.5, 'Section 8.3: "λ_sim = 0.5"'],
  "credit.expansion.importanceWeight": [0.5, 'Section 8.3: "λ_imp = 0.5"'],
  "credit.weighting": ["clusters", "Eqs. 9 and 10: weights follow clusters"],
  "credit.tokenShare": [OFF, "belongs to hard truncation, Table 5"],
  "credit.seed": [0, "ours: the partitioner's seed is not printed"],
};

const regularised: Quotes = {
  "algorithm.klCoefficient": [
    0.02,
    'Section 8.4: "KL coef β = 0.02", identical "across methods" (Section 5.1)',
  ],
  "algorithm.klEstimator": ["k3", "ours: not printed; GRPO's own, arXiv:2402.03300, eq. 4"],
};

const sequenceMean: Quotes = {
  "algorithm.aggregation": [
    "sequence-mean",
    "Eq. 11: mean over the tokens of a completion, then over the group",
  ],
};

const objectives = {
  grpo: {
    "algorithm.clipLow": [0.2, 'Section 8.4: "PPO clip ε = 0.2"'],
    "algorithm.clipHigh": [0.2, 'Section 8.4: "PPO clip ε = 0.2"'],
    ...noDualClip,
    ...regularised,
    ...sequenceMean,
    ...noDynamicSampling,
  },
  dapo: {
    "algorithm.clipLow": [0.2, 'Section 8.4: "PPO clip ε = 0.2"'],
    "algorithm.clipHigh": [0.28, 'Section 5.1: DAPO has "clip-higher"; its value is arXiv:2503.14476\'s'],
    ...noDualClip,
    ...unusedKl,
    "algorithm.klCoefficient": [0, 'Section 9.1: "KL-free methods like DAPO"'],
    "algorithm.aggregation": ["token-mean", 'Section 5.1: DAPO has "token-level loss"'],
    "reward.overlong.buffer": [
      819,
      'Section 5.1: DAPO has "overlong reward shaping"; a fifth of the limit, as arXiv:2503.14476',
    ],
    "reward.overlong.weight": [1, "arXiv:2503.14476, eq. 13: from 0 to −1 beside rewards of ±1"],
    "train.dynamicSampling.spreadOf": ["accuracy", 'Section 5.1: DAPO has "dynamic sampling"'],
    "train.dynamicSampling.maxAttempts": [10, "ours: no bound is printed; verl's example for DAPO has 10"],
  },
  gspo: {
    "algorithm.form": ["token", "ours: the sequence form would erase the weights of tokens"],
    "algorithm.clipLow": [3e-4, "arXiv:2507.18071: a length-normalised ratio needs bounds of its own"],
    "algorithm.clipHigh": [4e-4, "arXiv:2507.18071: a length-normalised ratio needs bounds of its own"],
    ...regularised,
    ...sequenceMean,
    ...noDynamicSampling,
  },
  sapo: {
    "algorithm.temperaturePositive": [1, "arXiv:2511.20347: τ 1.0 for positive advantages"],
    "algorithm.temperatureNegative": [1.05, "arXiv:2511.20347: τ 1.05 for negative advantages"],
    ...regularised,
    ...sequenceMean,
    ...noDynamicSampling,
  },
} satisfies Readonly<Record<string, Quotes>>;

/** The settings of an objective's preset except for its credit. */
export const withoutCredit = (kind: keyof typeof objectives): Quotes => ({
  ...common,
  "algorithm.kind": [kind, "Table 1: one of the four that AT-RL is added to"],
  ...objectives[kind],
});

/** The settings of the preset of GRPO with AT-RL, for presets that extend it. */
export const atRlGrpo: Quotes = { ...withoutCredit("grpo"), ...credit };

/** One preset for each objective of the paper. */
export const atRlPresets: readonly Preset[] = (["grpo", "dapo", "gspo", "sapo"] as const).map((kind) =>
  quotedPreset(
    `${kind}-at-rl`,
    `${kind.toUpperCase()} with AT-RL credit, hyper-parameters of arXiv:2602.11455`,
    { ...withoutCredit(kind), ...credit },
  ),
);
