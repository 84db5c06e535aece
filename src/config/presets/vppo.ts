/**
 * @module
 * VPPO as its authors' script trains Qwen2.5-VL-7B, arXiv:2510.09285: github.com/huaixuheqing/VPPO-RL,
 * `examples/configs/train_vppo_7b.sh` over `config.yaml`.
 */
import { easyR1Dapo } from "./easy-r1.ts";
import type { Preset } from "./preset.ts";
import { OFF, type Quotes, quotedPreset } from "./quoted.ts";

/** Its credit, independent of the policy loss. */
export const vppoCredit: Quotes = {
  "credit.kind": ["vppo", "the method of arXiv:2510.09285"],
  "credit.tokenShare": [0.4, "the script: top_p_perception_tokens=0.4"],
  "credit.minScale": [0.9, "the script: advantage_scaling_min=0.9"],
  "credit.score": ["sampled", "the code: k3 of the sampled token"],
  "credit.image.kind": ["blacken-patches", "verl/workers/perc_utils.py: random patches turn black"],
  "credit.image.probability": [0.5, "verl/workers/perc_utils.py: probability 0.5"],
  "credit.image.patch": [14, "verl/workers/perc_utils.py: patches of 14 pixels"],
  "credit.image.seed": [0, "ours: any will do"],
  "credit.entropyPenalty": [0.06, "the script: entropy_penalty_coef=0.06"],
};

/** Its policy loss is DAPO's. */
export const vppoPreset: Preset = quotedPreset(
  "dapo-vppo",
  "DAPO with VPPO credit, settings of the authors' script for 7B, arXiv:2510.09285",
  {
    ...easyR1Dapo,
    ...vppoCredit,
    "algorithm.kind": ["dapo", "config.yaml: clip-higher, no KL, token mean, online filtering"],
    "algorithm.clipHigh": [0.28, "config.yaml: clip_ratio_high 0.28"],
    "algorithm.klCoefficient": [0, "config.yaml: disable_kl true"],
    "reward.accuracy.weight": [1, "the script: compute_score_wo_format"],
    "reward.accuracy.values": [[0, 1], "the script: compute_score_wo_format, 1 or 0"],
    "train.promptsPerIteration": [384, "the script: ROLLOUT_BATCH_SIZE=384"],
    "train.minibatches": [3, "the script: GLOBAL_BATCH_SIZE=128 of 384 prompts"],
    "train.groupSize": [8, "the script: rollout=8"],
    "train.epochs": [2, "the authors' runs on ViRL39K: 2 epochs"],
    "train.iterations": [OFF, "epochs say how long a run is"],
    "train.dynamicSampling.spreadOf": ["accuracy", "config.yaml: online_filtering by accuracy, 0.01 to 0.99"],
    "train.dynamicSampling.maxAttempts": [20, "ours: config.yaml tries without end (max_try_make_batch -1)"],
  },
);
