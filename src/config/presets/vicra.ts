/**
 * @module
 * VICRA ("Don't Lose Sight: Visually-Grounded Credit Assignment for Multimodal Reasoning"). These are the two
 * objectives with which the paper trains Qwen2.5-VL-7B, its other data set and model (Table 7), and the two methods
 * that it compares with (Table 6). Section 4.1: "For general RL-related hyperparameters, we adopt the default
 * settings from EasyR1".
 */
import { easyR1Dapo, easyR1Grpo, easyR1Reward } from "./easy-r1.ts";
import type { Preset } from "./preset.ts";
import { OFF, type Quotes, quotedPreset } from "./quoted.ts";

const shared: Quotes = {
  ...easyR1Reward,
  "prompt.format": ["think-boxed", "Appendix D: the prompt template"],
  "algorithm.aggregation": ["token-mean", 'Table 7: "Policy Loss Aggregation token-mean"'],
  "sampling.temperature": [1, 'Table 7: "Rollout Temperature 1.0"'],
  "train.promptsPerIteration": [512, 'Table 7: "Rollout Batch Size 512"'],
  "train.groupSize": [5, 'Table 7: "Rollout Number 5"'],
  "train.minibatches": [4, 'Table 7: "Global Batch Size 128" of 512 prompts'],
  "train.iterations": [150, 'Table 7: "Total Optimization Steps 150", 2 episodes of ViRL39K'],
  "train.epochs": [OFF, "iterations say how long a run is"],
  "train.learningRate": [1e-6, 'Table 7: "Learning Rate 1e-6"'],
};

const vicra: Quotes = {
  "credit.kind": ["vicra", "the method of the paper"],
  "credit.score": ["probability", 'Table 8: "Probability Difference (Default)"'],
  "credit.variant": ["equation", "Eqs. 4 to 6, as printed"],
  "credit.image.kind": ["discard", 'Table 9: "Discard (Default)"'],
  "credit.temperature": [1, "Eq. 4: the policy's own probabilities"],
};

const grpo: Quotes = {
  ...easyR1Grpo,
  ...shared,
  "algorithm.kind": ["grpo", 'Section 4.1: "the widely adopted GRPO baseline with clip-higher"'],
};

/** VICRA on each objective of the paper, then on its other data set and model. */
export const vicraPresets: readonly Preset[] = [
  quotedPreset("grpo-vicra", "GRPO with VICRA credit, hyper-parameters of its paper and of EasyR1", {
    ...grpo,
    ...vicra,
  }),
  quotedPreset("dapo-vicra", "DAPO with VICRA credit, hyper-parameters of its paper and of EasyR1", {
    ...easyR1Dapo,
    ...shared,
    "algorithm.kind": ["dapo", 'Section 4.1: "DAPO (Yu et al., 2025) baselines"'],
    ...vicra,
  }),
  quotedPreset(
    "grpo-vicra-mmk12",
    "GRPO with VICRA credit on MMK12, hyper-parameters of its paper's Table 7",
    {
      ...grpo,
      ...vicra,
      "train.iterations": [
        144,
        'Table 7, MMK12: "Total Optimization Steps 144", 12 episodes of 6.4K samples',
      ],
    },
  ),
  quotedPreset(
    "grpo-vicra-llama",
    "GRPO with VICRA credit for Llama-3.2-11B-Vision, hyper-parameters of its paper's Table 7",
    {
      ...grpo,
      ...vicra,
      "train.iterations": [75, 'Table 7, Llama: "Total Optimization Steps 75", 1 episode of ViRL39K'],
    },
  ),
];

/** The methods of Table 6. */
export const vicraBaselines: readonly Preset[] = [
  quotedPreset(
    "grpo-entropy-advantage",
    "GRPO with the entropy-shaped advantage, as VICRA's Table 6 compares it",
    {
      ...grpo,
      "credit.kind": ["entropy-advantage", "Table 5: A + min(α·H, |A|/κ)"],
      "credit.alpha": [0.4, "ours: VICRA prints none; commonly given for GRPO with arXiv:2506.14758"],
      "credit.kappa": [2, "ours: VICRA prints none; commonly given for GRPO with arXiv:2506.14758"],
    },
  ),
  quotedPreset("grpo-kl-prcp", "GRPO with the term KL_prcp, as VICRA's Table 6 compares it", {
    ...grpo,
    "credit.kind": ["kl-prcp", "Table 5: J_GRPO + γ·KL(with image ‖ without)"],
    "credit.coefficient": [0.02, "ours: VICRA prints no γ; PAPO has 0.02 with GRPO"],
    "credit.bound": [10, "ours: VICRA prints none; PAPO's code holds the k3 estimate at 10"],
    "credit.image.kind": ["discard", 'Section 4.3: "implemented with and without the image"'],
  }),
];
