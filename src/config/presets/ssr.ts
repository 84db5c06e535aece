/**
 * @module
 * Selective sample replay of VL-Rethinker, arXiv:2504.08837 (github.com/TIGER-AI-Lab/VL-Rethinker at dd2c17d, a fork of
 * OpenRLHF: defaults of `scripts/train_vlm_multi.sh`, `openrlhf/models/loss.py`).
 */
import { noDualClip, noDynamicSampling, plainLoss, unusedKl, upkeep, wholeBatch } from "./ours.ts";
import type { Preset } from "./preset.ts";
import { OFF, type Quotes, quotedPreset } from "./quoted.ts";

const SCRIPT = "the script";
const LOSS = "openrlhf/models/loss.py";
const DEFAULTS = "openrlhf/cli/train_ppo_ray.py";
const BUFFER = "replay_buffer.py";

const settings: Quotes = {
  ...upkeep,
  ...plainLoss,
  ...unusedKl,
  ...noDualClip,
  ...noDynamicSampling,
  ...wholeBatch,
  "prompt.format": ["think-boxed", "ours: the prompt is a column of the data; the verdict reads \\boxed{}"],
  "verdict.from": ["mark", "ours: the verdict reads \\boxed{}"],
  "algorithm.kind": ["grpo", "arXiv:2504.08837: GRPO with SSR"],
  "algorithm.clipLow": [0.2, `${LOSS}: e_low 0.2`],
  "algorithm.clipHigh": [0.35, `${LOSS}: e_high 0.35`],
  "algorithm.klCoefficient": [0, `${SCRIPT}: init_kl_coef 0.0`],
  "algorithm.aggregation": ["token-mean", `${LOSS}: masked_mean(loss, val_mask, dim=None)`],
  "algorithm.advantageScale": [
    "none",
    "openrlhf/trainer/ppo_utils/experience_maker.py: rewards − their mean",
  ],
  "credit.kind": ["uniform", "the method changes batches alone"],
  "reward.accuracy.weight": [1, "arXiv:2504.08837: a right answer earns 1"],
  "reward.accuracy.values": [[0, 1], "arXiv:2504.08837: a right answer earns 1"],
  "sampling.temperature": [1, `${SCRIPT}: temperature 1.0`],
  "sampling.topP": [0.95, `${SCRIPT}: top_p 0.95`],
  "sampling.topK": [0, "ours: none is printed"],
  "sampling.maxCompletionTokens": [2048, `${SCRIPT}: max_out_tokens 2048`],
  "train.replay.alpha": [1, `${BUFFER}: chances in proportion to |A|`],
  "train.replay.capacity": [0.5, `${BUFFER}: deque(maxlen = half of the batch)`],
  "train.promptsPerIteration": [512, `${SCRIPT}: rollout_batch_size 512`],
  "train.groupSize": [8, `${SCRIPT}: n_samples_per_prompt 8`],
  "train.minibatches": [8, `${SCRIPT}: train_batch_size 512 of 4,096 completions`],
  "train.epochs": [3, `${SCRIPT}: num_episodes 3`],
  "train.iterations": [OFF, "epochs say how long a run is"],
  "train.learningRate": [1e-6, `${SCRIPT}: 10e-7`],
  "train.schedule": ["cosine", "openrlhf/trainer/ray/ppo_actor.py: cosine_with_min_lr"],
  "train.finalShare": [0.5, "openrlhf/trainer/ray/ppo_actor.py: min_lr half of the rate"],
  "train.warmup": [3, "ours: lr_warmup_ratio 0.03, of 94 iterations over 16,000 problems"],
  "train.beta1": [0.9, `${DEFAULTS}: adam_betas 0.9, 0.95`],
  "train.beta2": [0.95, `${DEFAULTS}: adam_betas 0.9, 0.95`],
  "train.epsilon": [1e-8, "ours: the optimiser's default"],
  "train.weightDecay": [0, `${DEFAULTS}: l2 0.0`],
  "train.maxGradientNorm": [1, `${DEFAULTS}: max_norm 1.0`],
};

export const ssrPreset: Preset = quotedPreset(
  "ssr",
  "GRPO with selective sample replay, defaults of VL-Rethinker's script, arXiv:2504.08837",
  settings,
);
