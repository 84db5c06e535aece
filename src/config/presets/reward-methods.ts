/**
 * @module
 * Methods that change the reward: Vision-SR1, VAPO and Faithful GRPO. Vision-SR1, arXiv:2508.19652
 * (github.com/zli12321/Vision-SR1 at 4480e08, `train_examples/selfReward_config.yaml` and
 * `2-7b_selfReward_train.sh`), and VAPO, arXiv:2509.25848 (github.com/xytian1008/VAPO at 67687cf,
 * `examples/qwen2_5_vl_7b_train36k_vapo.sh`), are forks of EasyR1. No code is published for Faithful GRPO,
 * arXiv:2604.08476.
 */
import { easyR1Grpo } from "./easy-r1.ts";
import { unusedKl } from "./ours.ts";
import type { Preset } from "./preset.ts";
import { OFF, type Quotes, quotedPreset } from "./quoted.ts";

const SR1 = "selfReward_config.yaml";
const SR1_REWARD = "see_think_selfReward.py";
const uniform: Quotes = { "credit.kind": ["uniform", "the method changes the reward alone"] };

const visionSr1: Quotes = {
  ...easyR1Grpo,
  ...uniform,
  "prompt.suffix": [
    " You are tasked with analyzing an image/video to generate a detailed description to help you answer the question. First analyze the image/video and produce a self-contained description—detailed enough that can lead to the correct answer. Wrap the entire description in <description> </description> tags.\n Next, engage in an internal dialogue and include self-reflection or verification in your reasoning process. Provide your detailed, step-by-step reasoning based on the image/video description information and image/video, and enclose this part within <think> </think> tags.\n Finally, provide a single word or phrase answer to the question in \\boxed{}.\nThe output format should be: <description> image/video description here </description> <think> reasoning process here </think> \\boxed{FINAL ANSWER here}.",
    "format_prompt/see_think_format.jinja",
  ],
  "algorithm.kind": ["grpo", `${SR1}: adv_estimator grpo`],
  "reward.accuracy.weight": [0.9, `${SR1_REWARD}: 1 − format_weight`],
  "reward.accuracy.values": [[0, 1], `${SR1_REWARD}: 1 for a right answer, else 0`],
  "reward.format.weight": [0.1, `${SR1_REWARD}: format_weight 0.1`],
  "reward.format.form": ["description-think-boxed", `${SR1_REWARD}: format_reward's pattern`],
  "reward.blind-answer.weight": [1, `${SR1_REWARD}: + description_reward`],
  "reward.blind-answer.tag": ["description", `${SR1_REWARD}: extract_description`],
  "reward.blind-answer.missing": [
    "whole",
    `${SR1_REWARD}: without the tag the whole reply is the description`,
  ],
  "reward.blind-answer.words": ["vision-sr1", "verl/trainer/ray_trainer.py: ABS_Verify_Prompt"],
  "reward.blind-answer.temperature": [OFF, "ours: that of the run"],
  "train.promptsPerIteration": [512, `${SR1}: rollout_batch_size 512`],
  "train.minibatches": [4, `${SR1}: global_batch_size 128 of 512 prompts`],
  "train.groupSize": [8, "the script: rollout.n=8"],
  "train.epochs": [1, "the script: total_epochs=1"],
  "train.iterations": [OFF, "epochs say how long a run is"],
};

const VAPO = "the script";

const vapo: Quotes = {
  ...easyR1Grpo,
  ...unusedKl,
  ...uniform,
  "algorithm.kind": ["grpo", "examples/config.yaml: adv_estimator grpo"],
  "algorithm.clipHigh": [0.28, `${VAPO}: CLIP_RATIO_HIGH=0.28`],
  "algorithm.klCoefficient": [0, `${VAPO}: DISABLE_KL=True`],
  "reward.accuracy.weight": [0.8, "examples/reward_function/vapo.py: 1 − format_weight − anchor_weight"],
  "reward.accuracy.values": [[0, 1], "examples/reward_function/vapo.py: 1 for a right answer, else 0"],
  "reward.format.weight": [0.1, "examples/reward_function/vapo.py: format_weight 0.1"],
  "reward.format.form": ["think-boxed", "examples/reward_function/vapo.py: format_reward's pattern"],
  "reward.claims.weight": [0.1, "examples/reward_function/vapo.py: anchor_weight 0.1"],
  "reward.claims.count": [20, `${VAPO}: ANCHOR_K=20`],
  "reward.claims.beta": [1.5, "examples/reward_function/vapo.py: beta 1.5"],
  "reward.claims.column": [
    "claims",
    "ours: the data set's claim_1 to claim_20 and label_1 to label_20 as one column",
  ],
  "reward.claims.labels": [
    "own",
    "ours: the paper's meaning; the code holds answers against other claims' labels",
  ],
  "reward.claims.seed": [0, "ours: any will do"],
  "train.promptsPerIteration": [384, `${VAPO}: ROLLOUT_BATCH_SIZE=384`],
  "train.minibatches": [3, `${VAPO}: GLOBAL_BATCH_SIZE=128 of 384 prompts`],
  "train.groupSize": [5, `${VAPO}: ROLLOUT_N=5`],
  "train.learningRate": [5e-6, `${VAPO}: LR=5e-6`],
  "train.epochs": [5, `${VAPO}: TOTAL_EPOCHS=5`],
  "train.iterations": [OFF, "epochs say how long a run is"],
  "train.dynamicSampling.spreadOf": ["reward", `${VAPO}: ONLINE_FILTERING=True by filter_key overall`],
  "train.dynamicSampling.maxAttempts": [20, "EasyR1's TrainerConfig: max_try_make_batch 20"],
};

const PAPER = "arXiv:2604.08476";

const faithful: Quotes = {
  ...easyR1Grpo,
  ...uniform,
  "algorithm.kind": ["grpo", `${PAPER}: GRPO`],
  "algorithm.klCoefficient": [1e-3, `${PAPER}: KL 0.001`],
  "reward.accuracy.weight": [0.5, `${PAPER}: task reward, half answer`],
  "reward.accuracy.values": [[0, 1], `${PAPER}: a right answer or none`],
  "reward.format.weight": [0.5, `${PAPER}: task reward, half format`],
  "reward.format.form": ["think-boxed", "ours: EasyR1's form"],
  "reward.faithful.weight": [1, "ours: its factor is that of the comparison"],
  "reward.faithful.measure": ["consistency", `${PAPER}: the trace entails the answer`],
  "reward.faithful.missing": [0, "ours: a completion without a step is not consistent"],
  "train.separate.rewards": [
    [{ name: "faithful", weight: 1, target: 0.95, onlyRight: true }],
    `${PAPER}: constraints on correct rollouts, λ from 1, τ 0.95`,
  ],
  "train.separate.rate": [0.05, `${PAPER}: λ ← λ + 0.05(τ − mean)`],
  "train.separate.most": [5, `${PAPER}: clipped to [0, 5]`],
  "train.separate.leastScores": [8, `${PAPER}: with at least 8 samples`],
  "train.separate.whiten": [true, `${PAPER}: the sum is whitened`],
  "train.promptsPerIteration": [384, "ours: none is printed in the text at hand"],
  "train.minibatches": [3, "ours: none is printed in the text at hand"],
  "train.groupSize": [5, `${PAPER}: G = 5`],
  "train.epochs": [2, "ours: none is printed in the text at hand"],
  "train.iterations": [OFF, "epochs say how long a run is"],
};

/** Vision-SR1, VAPO, and Faithful GRPO's first constraint. */
export const rewardPresets: readonly Preset[] = [
  quotedPreset(
    "vision-sr1",
    "GRPO with Vision-SR1's blind answers, settings of the authors' script for 7B, arXiv:2508.19652",
    visionSr1,
  ),
  quotedPreset(
    "vapo",
    "GRPO with VAPO's claims, settings of the authors' script for 7B, arXiv:2509.25848",
    vapo,
  ),
  quotedPreset(
    "faithful-grpo",
    "GRPO with Faithful GRPO's consistency normalised apart, constants of arXiv:2604.08476",
    faithful,
  ),
];
