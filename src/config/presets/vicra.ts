/**
 * @module
 * VICRA on the two objectives that its paper trains Qwen2.5-VL-7B with ("Don't Lose Sight: Visually-Grounded Credit
 * Assignment for Multimodal Reasoning"): "For general RL-related hyperparameters, we adopt the default settings from
 * EasyR1" (Section 4.1).
 */
import { easyR1, easyR1Grpo, easyR1Reward } from "./easy-r1.ts";
import type { Preset } from "./preset.ts";
import { type Quotes, quotedPreset } from "./quoted.ts";

const shared: Quotes = {
  "prompt.format": ["think-boxed", "Appendix D: the prompt template"],
  "credit.kind": ["vicra", "the method of the paper"],
  "credit.score": ["probability", 'Table 8: "Probability Difference (Default)"'],
  "credit.variant": ["equation", "Eqs. 4 to 6, as printed"],
  "credit.image.kind": ["discard", 'Table 9: "Discard (Default)"'],
  "algorithm.aggregation": ["token-mean", 'Table 7: "Policy Loss Aggregation token-mean"'],
  "sampling.temperature": [1, 'Table 7: "Rollout Temperature 1.0"'],
  "train.promptsPerIteration": [512, 'Table 7: "Rollout Batch Size 512"'],
  "train.groupSize": [5, 'Table 7: "Rollout Number 5"'],
  "train.minibatches": [4, 'Table 7: "Global Batch Size 128" of 512 prompts'],
  "train.iterations": [150, 'Table 7: "Total Optimization Steps 150"'],
  "train.learningRate": [1e-6, 'Table 7: "Learning Rate 1e-6"'],
};

/** One preset for each objective of the paper. */
export const vicraPresets: readonly Preset[] = [
  quotedPreset("grpo-vicra", "GRPO with VICRA credit, hyper-parameters of its paper and of EasyR1", {
    ...easyR1Grpo,
    ...easyR1Reward,
    "algorithm.kind": ["grpo", 'Section 4.1: "the widely adopted GRPO baseline with clip-higher"'],
    ...shared,
  }),
  quotedPreset("dapo-vicra", "DAPO with VICRA credit, hyper-parameters of its paper and of EasyR1", {
    ...easyR1,
    ...easyR1Reward,
    "algorithm.kind": ["dapo", 'Section 4.1: "DAPO (Yu et al., 2025) baselines"'],
    "algorithm.clipHigh": [0.28, "DAPO, arXiv:2503.14476: ε_high 0.28"],
    "algorithm.klCoefficient": [0, "DAPO, arXiv:2503.14476, has no KL term"],
    "train.dynamicSampling.spreadOf": ["accuracy", "DAPO, arXiv:2503.14476: dynamic sampling"],
    ...shared,
  }),
];
