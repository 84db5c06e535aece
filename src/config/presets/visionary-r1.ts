/**
 * @module
 * Visionary-R1 as its authors' code trains Qwen2.5-VL-3B, arXiv:2505.14677 (github.com/maifoundations/Visionary-R1 at
 * 6b1f25a: `local_scripts/train_qwen2_5_3b.sh`, `src/open_r1/grpo_vllm_caption.py`,
 * `src/open_r1/trainer/grpo_trainer_vllm_caption.py`), on TRL 0.16.0.
 */
import { noDualClip, noDynamicSampling, plainLoss, upkeep, wholeBatch } from "./ours.ts";
import type { Preset } from "./preset.ts";
import { OFF, type Quotes, quotedPreset } from "./quoted.ts";

const SCRIPT = "the script";
const REWARDS = "grpo_vllm_caption.py";
const TRAINER = "grpo_trainer_vllm_caption.py";
const TRL = "TRL 0.16.0's GRPOConfig";

const settings: Quotes = {
  ...upkeep,
  ...plainLoss,
  ...noDualClip,
  ...noDynamicSampling,
  ...wholeBatch,
  "prompt.system": [
    "You are tasked with analyzing an image to generate an exhaustive and detailed description. Your goal is to extract and describe all possible information from the image, including but not limited to objects, numbers, text, and the relationships between these elements. The description should be as fine and detailed as possible, capturing every nuance. After generating the detailed description, you need to analyze it and provide step-by-step detailed reasoning for the given question based on the information. Finally, provide a single word or phrase answer to the question. The description, reasoning process and answer are enclosed within <info> </info>, <think> </think> and <answer> </answer> tags, respectively, i.e., <info> image description here </info> <think> reasoning process here </think> <answer> answer here </answer>",
    `${REWARDS}: SYSTEM_PROMPT`,
  ],
  "verdict.from": ["mark", `${REWARDS}: extract_answer reads <answer>…</answer> alone`],
  "algorithm.kind": ["grpo", `${TRAINER}: advantages of a group, one update`],
  "algorithm.clipLow": [0.2, `ours: ${TRL}; the loss of the code has no clip, and with one update none acts`],
  "algorithm.clipHigh": [
    0.2,
    `ours: ${TRL}; the loss of the code has no clip, and with one update none acts`,
  ],
  "algorithm.klCoefficient": [0.04, `${TRL}: beta 0.04`],
  "algorithm.klEstimator": ["k3", `${TRAINER}: e^x − x − 1`],
  "algorithm.klSchedule.kind": ["cosine", `${TRAINER}: β/2·(1 + cos π·epoch)`],
  "algorithm.klSchedule.finalShare": [0, `${TRAINER}: β/2·(1 + cos π·epoch) is 0 after one epoch`],
  "algorithm.aggregation": ["sequence-mean", `${TRAINER}: mean over tokens, then over completions`],
  "algorithm.advantageEpsilon": [1e-4, `${TRAINER}: std + 1e-4`],
  "credit.kind": ["uniform", "the method changes the reward alone"],
  "reward.accuracy.weight": [1, `${TRAINER}: the sum of all rewards`],
  "reward.accuracy.values": [[0, 1], `${REWARDS}: 1 for a right answer, else 0`],
  "reward.format.weight": [1, `${TRAINER}: the sum of all rewards`],
  "reward.format.form": ["info-think-answer", `${REWARDS}: format_reward's pattern`],
  "reward.blind-answer.weight": [0.1, `${REWARDS}: caption_reward_weight 0.1`],
  "reward.blind-answer.tag": ["info", `${TRAINER}: <info>(.*?)</info>`],
  "reward.blind-answer.missing": ["zero", `${TRAINER}: no caption, no reward`],
  "reward.blind-answer.words": ["visionary-r1", `${TRAINER}: Input Format`],
  "reward.blind-answer.temperature": [OFF, `${TRAINER}: the sampling parameters of the run`],
  "sampling.temperature": [0.9, `${TRL}: temperature 0.9`],
  "sampling.topP": [0.9, `${TRAINER}: top_p 0.9`],
  "sampling.topK": [50, `${TRAINER}: top_k 50`],
  "sampling.maxCompletionTokens": [768, `${SCRIPT}: max_completion_length 768`],
  "train.promptsPerIteration": [7, `${SCRIPT}: seven processes with one prompt each`],
  "train.groupSize": [8, `${SCRIPT}: num_generations 8`],
  "train.minibatches": [1, `${TRAINER}: one update of each batch`],
  "train.epochs": [1, `${SCRIPT}: num_train_epochs 1`],
  "train.iterations": [OFF, "epochs say how long a run is"],
  "train.learningRate": [1e-6, `${TRL}: learning_rate 1e-6`],
  "train.schedule": ["linear", "the Trainer's default: linear"],
  "train.finalShare": [0, "the Trainer's default: its linear schedule ends at 0"],
  "train.warmup": [0, "the Trainer's default: no warmup"],
  "train.beta1": [0.9, "the Trainer's default"],
  "train.beta2": [0.999, "the Trainer's default"],
  "train.epsilon": [1e-8, "the Trainer's default"],
  "train.weightDecay": [0, "the Trainer's default"],
  "train.maxGradientNorm": [1, "the Trainer's default"],
};

export const visionaryR1Preset: Preset = quotedPreset(
  "visionary-r1",
  "GRPO with Visionary-R1's descriptions and falling KL, settings of the authors' script for 3B, arXiv:2505.14677",
  settings,
);
