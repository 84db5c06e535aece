/**
 * @module
 * PAPO as its authors' scripts train Qwen2.5-VL-3B and 7B, arXiv:2507.06448: github.com/MikeWangWZHL/PAPO,
 * `examples/papo_grpo` and `examples/papo_dapo` over `examples/configs`.
 */
import { easyR1Dapo, easyR1Grpo, easyR1Reward } from "./easy-r1.ts";
import type { Preset } from "./preset.ts";
import { OFF, type Quotes, quotedPreset } from "./quoted.ts";

const shared: Quotes = {
  ...easyR1Reward,
  "credit.kind": ["papo", "the method of the paper"],
  "credit.bound": [10, "the code: the k3 estimate is held at 10"],
  "credit.tokenShare": [1, "the code: no token mask unless asked for"],
  "credit.image.kind": ["blacken-patches", "examples/configs: aug_config"],
  "credit.image.probability": [0.6, "examples/configs: black_prob 0.6"],
  "credit.image.patch": [14, "examples/configs: patch_size 14"],
  "credit.image.seed": [0, "ours: any will do"],
  "train.promptsPerIteration": [384, "the script: ROLLOUT_BATCH_SIZE=384"],
  "train.minibatches": [3, "the script: GLOBAL_BATCH_SIZE=128 of 384 prompts"],
  "train.groupSize": [5, "examples/configs: n 5"],
  "train.epochs": [2, "the scripts: TOTAL_EPOCHES=2"],
  "train.iterations": [OFF, "epochs say how long a run is"],
};

const grpo: Quotes = {
  ...easyR1Grpo,
  ...shared,
  "algorithm.kind": ["grpo", "PAPO_G of the paper"],
  "credit.coefficient": [0.02, "the script: KL_PRCP_COEF=0.02"],
};

/** GRPO and DAPO forms; the two sizes differ with GRPO alone. */
export const papoPresets: readonly Preset[] = [
  quotedPreset(
    "grpo-papo-3b",
    "GRPO with PAPO's loss, settings of the authors' script for 3B, arXiv:2507.06448",
    {
      ...grpo,
      "credit.entropyPenalty": [0, "qwen2_5_vl_3b_grpo_papo.sh: without the double entropy loss"],
    },
  ),
  quotedPreset(
    "grpo-papo-7b",
    "GRPO with PAPO's loss, settings of the authors' script for 7B, arXiv:2507.06448",
    {
      ...grpo,
      "credit.entropyPenalty": [0.05, "qwen2_5_vl_7b_grpo_papo.sh: ORI_ENTROPY_LOSS_COEF=0.05"],
    },
  ),
  quotedPreset(
    "dapo-papo",
    "DAPO with PAPO's loss, settings of the authors' scripts for 3B and 7B, arXiv:2507.06448",
    {
      ...easyR1Dapo,
      ...shared,
      "algorithm.kind": ["dapo", "PAPO_D of the paper"],
      "algorithm.clipHigh": [0.28, "the scripts: clip_ratio_high=0.28"],
      "algorithm.klCoefficient": [0, "the scripts: disable_kl=true"],
      "credit.coefficient": [0.01, "the scripts: KL_PRCP_COEF=0.01"],
      "credit.entropyPenalty": [0.03, "the scripts: ORI_ENTROPY_LOSS_COEF=0.03"],
      "train.dynamicSampling.spreadOf": ["accuracy", "the scripts: filter_key=accuracy, 0.01 to 0.99"],
      "train.dynamicSampling.maxAttempts": [20, "examples/configs: max_try_make_batch 20"],
    },
  ),
];
