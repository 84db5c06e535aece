/**
 * @module
 * GRPO with DyCo-RL credit as its paper trains Qwen2.5-VL, arXiv:2606.08035. What the paper leaves to "official
 * implementations" is VLM-R1's, the framework it names.
 */
import type { Preset } from "./preset.ts";

export const grpoDycoRl: Preset = {
  name: "grpo-dyco-rl",
  summary: "GRPO with DyCo-RL credit, hyper-parameters of arXiv:2606.08035",
  settings: {
    algorithm: {
      kind: "grpo",
      clipLow: 0.2,
      clipHigh: 0.2,
      klCoefficient: 0.04,
      klEstimator: "k3",
      aggregation: "sequence-mean",
    },
    credit: { kind: "dyco-rl", variant: "paper", alpha: 0.2, threshold: 0.05, row: "own" },
    sampling: { temperature: 0.9, maxCompletionTokens: 2048 },
    train: {
      promptsPerIteration: 16,
      groupSize: 4,
      learningRate: 1e-6,
      schedule: "linear",
      maxGradientNorm: 1,
    },
  },
  sources: {
    "algorithm.kind": 'Section 5.1: "GRPO" is the first of "four representative RLVR algorithms"',
    "algorithm.clipLow": "VLM-R1's default, as the clipped ratio of GRPO",
    "algorithm.clipHigh": "VLM-R1's default, as the clipped ratio of GRPO",
    "algorithm.klCoefficient": "VLM-R1's default; Appendix E: the official implementations are followed",
    "algorithm.klEstimator": "VLM-R1 puts the k3 estimate into the loss",
    "algorithm.aggregation": "Eq. 11: mean over the tokens of a completion, then over the group",
    "credit.kind": "the method of the paper",
    "credit.variant": "Eqs. 1 to 10, as printed",
    "credit.alpha": 'Section 5.1: "alignment-guided reweighting strength α=0.2"',
    "credit.threshold": 'Section 5.1: "token role assignment stability margin τ=0.05"',
    "credit.row": "Section 4: the attention is that of the generated token",
    "sampling.temperature": 'Appendix E: "we sample 4 responses per prompt using a temperature of 0.9"',
    "sampling.maxCompletionTokens": 'Section 5.1: "a maximum response length of 2048 tokens"',
    "train.promptsPerIteration": 'Section 5.1: "a global batch size of 64" completions, 4 a prompt',
    "train.groupSize": 'Appendix E: "we sample 4 responses per prompt"',
    "train.learningRate": 'Appendix E: "a peak learning rate of 1×10⁻⁶"',
    "train.schedule": 'Appendix E: "a linear decay schedule"',
    "train.maxGradientNorm": 'Appendix E: "cap the global gradient norm at 1.0"',
  },
};
