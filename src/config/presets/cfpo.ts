/**
 * @module
 * CFPO as its authors' scripts train Qwen2.5-VL-3B, arXiv:2606.23206: github.com/Raven-July/CFPO at 966c6b1,
 * `examples/qwen2_5_vl_3b_CFPO-G-math.sh` and `…-D-math.sh` over EasyR1's settings.
 */
import { easyR1Dapo, easyR1Grpo, easyR1Reward } from "./easy-r1.ts";
import type { Preset } from "./preset.ts";
import { OFF, type Quotes, quotedPreset } from "./quoted.ts";

const shared: Quotes = {
  ...easyR1Reward,
  "credit.kind": ["cfpo", "the method of the paper"],
  "credit.bound": [10, "core_algos.py: the k3 estimate is held at 10"],
  "credit.image.kind": [
    "replace-values",
    "the model file of CMVE: values of salient image tokens are replaced",
  ],
  "credit.image.threshold": [2, 'actor/config.py: thres_mode "high", mean + 2 deviations'],
  "credit.image.mean": [
    "number",
    "the model file of CMVE: a mean over tokens and entries; the paper has their vector",
  ],
  "train.promptsPerIteration": [384, "the scripts: rollout_batch_size=384"],
  "train.minibatches": [3, "the scripts: global_batch_size=128 of 384 prompts"],
  "train.groupSize": [5, "the scripts: rollout.n=5"],
  "train.epochs": [2, "the scripts: total_epochs=2"],
  "train.iterations": [OFF, "epochs say how long a run is"],
  "train.warmup": [10, "the scripts: lr_warmup_ratio=0.05, of 202 iterations on ViRL39K"],
};

/** GRPO and DAPO forms. */
export const cfpoPresets: readonly Preset[] = [
  quotedPreset(
    "grpo-cfpo",
    "GRPO with CFPO's loss, settings of the authors' script for 3B, arXiv:2606.23206",
    {
      ...easyR1Grpo,
      ...shared,
      "algorithm.kind": ["grpo", "CFPO_G of the paper"],
      "credit.coefficient": [0.02, "CFPO-G-math.sh: KL_CMVE_COEF=0.02"],
      "credit.entropyPenalty": [0, "CFPO-G-math.sh: USE_ORI_ENTROPY_LOSS=false"],
    },
  ),
  quotedPreset(
    "dapo-cfpo",
    "DAPO with CFPO's loss, settings of the authors' script for 3B, arXiv:2606.23206",
    {
      ...easyR1Dapo,
      ...shared,
      "algorithm.kind": ["dapo", "CFPO_D of the paper"],
      "credit.coefficient": [0.01, "CFPO-D-math.sh: KL_CMVE_COEF=0.01"],
      "credit.entropyPenalty": [0.03, "CFPO-D-math.sh: ORI_ENTROPY_LOSS_COEF=0.03"],
    },
  ),
];
