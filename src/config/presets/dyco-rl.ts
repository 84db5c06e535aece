/**
 * @module
 * DyCo-RL on the four objectives that its paper trains Qwen2.5-VL with, arXiv:2606.08035. For what depends on the
 * objective the paper points to "official implementations and recommended settings"; the values come from the
 * authors' scripts (github.com/Sammy20207109/DyCo-RL, `run_scripts`), which build on VLM-R1.
 */
import { noDualClip, noDynamicSampling, plainLoss, unusedKl, upkeep, wholeBatch } from "./ours.ts";
import type { Preset } from "./preset.ts";
import { OFF, type Quotes, quotedPreset } from "./quoted.ts";

/** Options that an objective of the list below may override. */
const general: Quotes = {
  ...upkeep,
  ...plainLoss,
  ...wholeBatch,
  ...noDynamicSampling,
  "algorithm.advantageEpsilon": [1e-4, "the code: deviation + 1e-4"],
};

const shared: Quotes = {
  "prompt.format": ["think-answer", 'Appendix K: "<think> tags and final responses within <answer> tags"'],
  "credit.kind": ["dyco-rl", "the method of the paper"],
  "credit.variant": ["paper", "Eqs. 1 to 10, as printed"],
  "credit.alpha": [0.2, 'Section 5.1: "alignment-guided reweighting strength α=0.2"'],
  "credit.threshold": [0.05, 'Section 5.1: "token role assignment stability margin τ=0.05"'],
  "credit.row": ["own", "Section 4: the attention is that of the generated token"],
  "credit.shortCompletion": [OFF, "belongs to the released variant"],
  "credit.lengthFactor": [OFF, "belongs to the released variant"],
  "credit.ablation": [OFF, "Tables 2, 3 and 6 replace parts of the method; here it is whole"],
  "verdict.from": ["mark", 'Appendix K: "final responses within <answer> tags"'],
  "reward.accuracy.values": [[0, 1], 'Appendix E: "a binary accuracy reward"'],
  "reward.accuracy.weight": [
    1,
    'Appendix E: "a binary accuracy reward"; the scripts add the two with weight 1',
  ],
  "reward.format.weight": [1, 'Appendix E: "a format reward"; the scripts add the two with weight 1'],
  "reward.format.form": ["think-answer", "the code: <think>…</think>, then <answer>…</answer>"],
  "sampling.temperature": [0.9, 'Appendix E: "we sample 4 responses per prompt using a temperature of 0.9"'],
  "sampling.topP": [1, "ours: the policy's own distribution; none is printed"],
  "sampling.topK": [
    0,
    "ours: none is printed; transformers' default at that time, 50, cut the scripts' samples",
  ],
  "sampling.maxCompletionTokens": [2048, 'Section 5.1: "a maximum response length of 2048 tokens"'],
  "train.epochs": [1, 'Appendix E: "trained for a single epoch"'],
  "train.iterations": [OFF, "epochs say how long a run is"],
  "train.promptsPerIteration": [16, 'Section 5.1: "a global batch size of 64" completions, 4 a prompt'],
  "train.groupSize": [4, 'Appendix E: "we sample 4 responses per prompt"'],
  "train.minibatches": [1, 'Appendix E: per-device 4, 2 accumulated, "yielding a global batch size of 64"'],
  "train.learningRate": [1e-6, 'Appendix E: "a peak learning rate of 1×10⁻⁶"'],
  "train.schedule": ["linear", 'Appendix E: "a linear decay schedule"'],
  "train.finalShare": [0, "Appendix E: linear; the Trainer's schedule ends at 0"],
  "train.warmup": [0, "ours: none is printed; the scripts leave the Trainer's default"],
  "train.epsilon": [1e-8, "Appendix E: AdamW; the scripts leave the Trainer's default"],
  "train.weightDecay": [0, "ours: none is printed; the scripts leave the Trainer's default"],
  "train.beta1": [0.9, "Appendix E: AdamW; the scripts leave the Trainer's default"],
  "train.beta2": [0.999, "Appendix E: AdamW; the scripts leave the Trainer's default"],
  "train.maxGradientNorm": [1, 'Appendix E: "cap the global gradient norm at 1.0"'],
};

const truncated: Quotes = {
  "algorithm.truncated": ["mask", "the scripts mask completions that were cut off"],
};

const SECTION = 'Section 5.1: one of "four representative RLVR algorithms"';

const objectives: Readonly<Record<string, Quotes>> = {
  grpo: {
    ...noDualClip,
    "algorithm.clipLow": [0.2, "the script for GRPO: ε 0.2"],
    "algorithm.clipHigh": [0.2, "the script for GRPO: ε 0.2"],
    "algorithm.klCoefficient": [0.04, "the script for GRPO: β 0.04, VLM-R1's default"],
    "algorithm.klEstimator": ["k3", "VLM-R1 puts the k3 estimate into the loss"],
    "algorithm.aggregation": [
      "sequence-mean",
      "Eq. 11: mean over the tokens of a completion, then over the group",
    ],
  },
  dapo: {
    ...noDualClip,
    ...unusedKl,
    "algorithm.clipLow": [0.2, "the script for DAPO: ε 0.2 below"],
    "algorithm.clipHigh": [0.28, "the script for DAPO: ε 0.28 above"],
    "algorithm.klCoefficient": [0, "the script for DAPO: β 0"],
    "algorithm.aggregation": ["token-mean", "the code for DAPO: mean over the tokens of the batch"],
    ...truncated,
  },
  gspo: {
    "algorithm.form": ["token", "ours: the sequence form would erase the weights of tokens"],
    "algorithm.clipLow": [3e-4, "the script for GSPO: 3e-4 below"],
    "algorithm.clipHigh": [4e-4, "the script for GSPO: 4e-4 above"],
    "algorithm.klCoefficient": [0.005, "the script for GSPO: a KL term of its own, 0.005; its β is not used"],
    "algorithm.klEstimator": ["k3", "the code for GSPO: k3"],
    "algorithm.aggregation": ["sequence-mean", "the code for GSPO: mean over completions"],
    ...truncated,
  },
  sapo: {
    "algorithm.temperaturePositive": [1, "the script for SAPO: τ 1.0 for positive advantages"],
    "algorithm.temperatureNegative": [1.05, "the script for SAPO: τ 1.05 for negative advantages"],
    "algorithm.klCoefficient": [0.001, "the script for SAPO: β 0.001"],
    "algorithm.klEstimator": ["k3", "VLM-R1 puts the k3 estimate into the loss"],
    "algorithm.aggregation": ["sequence-mean", "the code for SAPO: reduced as GRPO"],
    ...truncated,
  },
};

/** One preset for each objective of the paper. */
export const dycoRlPresets: readonly Preset[] = Object.entries(objectives).map(([kind, quotes]) =>
  quotedPreset(
    `${kind}-dyco-rl`,
    `${kind.toUpperCase()} with DyCo-RL credit, hyper-parameters of arXiv:2606.08035`,
    {
      ...general,
      "algorithm.kind": [kind, SECTION],
      ...quotes,
      ...shared,
    },
  ),
);
