/**
 * @module
 * The demo: the built-in model learns to read handwriting and add. Its settings were chosen on validation scans; see
 * docs/log.md.
 */
import { noDualClip, noDynamicSampling, plainLoss, plainSampler, unusedKl, upkeep } from "./ours.ts";
import type { Preset } from "./preset.ts";
import { OFF, type Quotes, quotedPreset } from "./quoted.ts";

/** The demo's settings, which the quick preset changes. */
export const digitsQuotes: Quotes = {
  ...upkeep,
  ...plainSampler,
  ...plainLoss,
  ...noDualClip,
  ...unusedKl,
  ...noDynamicSampling,
  "model.kind": ["small", "needs no download"],
  "data.kind": ["digits", "needs no download"],
  "data.warmStart.scans": [
    30,
    "few enough that reading is left to learn, the start from which answers alone help",
  ],
  "data.warmStart.readingSteps": [150, "measured: single cells are read after 100 to 120 steps"],
  "data.warmStart.transcriptionSteps": [130, "measured: canvases are transcribed after 100 steps"],
  "data.warmStart.describedShare": [
    0.35,
    "reasoning from words is needed as often as reading; its effect was within noise",
  ],
  "algorithm.kind": ["grpo", "the objective that the paper of the method states"],
  "algorithm.clipLow": [0.2, "GRPO's; with one update of each batch no clip acts"],
  "algorithm.clipHigh": [0.2, "GRPO's; with one update of each batch no clip acts"],
  "algorithm.klCoefficient": [0, "measured without; the run is short"],
  "algorithm.aggregation": ["sequence-mean", "arXiv:2606.08035, Eq. 11"],
  "credit.kind": ["dyco-rl", "the method that the demo shows"],
  "credit.variant": ["paper", "arXiv:2606.08035, Eqs. 1 to 10, as printed"],
  "credit.alpha": [0.2, "arXiv:2606.08035, Section 5.1"],
  "credit.threshold": [0.05, "arXiv:2606.08035, Section 5.1"],
  "credit.row": ["own", "arXiv:2606.08035, Section 4"],
  "credit.shortCompletion": [OFF, "belongs to the released variant"],
  "credit.lengthFactor": [OFF, "belongs to the released variant"],
  "credit.ablation": [OFF, "the method is whole"],
  "reward.accuracy.weight": [1, "answers are all that the task rewards"],
  "reward.accuracy.values": [[0, 1], "a right answer earns 1"],
  "reward.format.weight": [0.1, "enough to keep the form of the warm start"],
  "reward.format.form": ["think-answer", "the form of the demonstrations"],
  "sampling.maxCompletionTokens": [64, "the longest truthful trace of the default kinds has under 60 tokens"],
  "train.iterations": [300, "measured on validation scans"],
  "train.epochs": [OFF, "the problems of the task never end"],
  "train.promptsPerIteration": [48, "gradients of 16 prompts hardly agree with each other; 48 do better"],
  "train.groupSize": [8, "enough that about a third of the groups have spread"],
  "train.minibatches": [1, "measured so"],
  "train.equalGroups": ["drop", "measured so: docs/log.md"],
  "train.learningRate": [2e-4, "measured: at 3e-4 nothing is gained from a start with weak arithmetic"],
  "train.schedule": ["linear", "measured: decay gives the best end"],
  "train.finalShare": [0, "measured so"],
  "train.warmup": [0, "measured so"],
  "train.beta1": [0.9, "AdamW's usual value"],
  "train.beta2": [0.99, "short runs: a memory of 100 steps"],
  "train.epsilon": [1e-8, "AdamW's usual value"],
  "train.weightDecay": [0, "measured without"],
  "train.maxGradientNorm": [1, "the usual value"],
  "sft.steps": [800, "measured: the loss is flat at the end"],
  "sft.batchSize": [32, "the plateaus end after as many steps at 32 as at 64"],
  "sft.learningRate": [2e-3, "measured: at twice this rate the first plateau does not end"],
  "sft.schedule": ["cosine", "measured: a schedule for each lesson ends lower than one over all"],
};

export const digits: Preset = quotedPreset(
  "digits",
  "the built-in model on the digits task, a few minutes on two cores",
  digitsQuotes,
);
