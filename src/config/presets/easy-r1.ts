/**
 * @module
 * Settings that VICRA, VPPO and PAPO share: all three train Qwen2.5-VL on ViRL39K with forks of EasyR1
 * (github.com/hiyouga/EasyR1) and keep its defaults.
 */
import { noDynamicSampling, plainLoss, unusedKl, upkeep } from "./ours.ts";
import type { Quotes } from "./quoted.ts";

const CONFIG = "EasyR1's examples/config.yaml";
const ACTOR = "EasyR1's ActorConfig";
const OPTIM = "EasyR1's OptimConfig";

/** Optimiser, sampler, clip and form of the answer. */
const easyR1: Quotes = {
  ...upkeep,
  ...plainLoss,
  "prompt.format": ["think-boxed", "thoughts in <think> tags, the answer in \\boxed{}"],
  "verdict.from": ["mark", "EasyR1's math reward reads \\boxed{} and nothing else"],
  "algorithm.clipLow": [0.2, `${ACTOR}: clip_ratio_low 0.2`],
  "algorithm.dualClip": [3, `${ACTOR}: clip_ratio_dual 3.0`],
  "algorithm.aggregation": ["token-mean", `${ACTOR}: loss_avg_mode "token"`],
  "algorithm.advantageEpsilon": [1e-6, "EasyR1's advantages, verl's: deviation + 1e-6"],
  "sampling.temperature": [1, `${CONFIG}: temperature 1.0`],
  "sampling.topP": [0.99, `${CONFIG}: top_p 0.99`],
  "sampling.topK": [0, "ours: all tokens, the default of EasyR1's sampler"],
  "sampling.maxCompletionTokens": [2048, `${CONFIG}: max_response_length 2048`],
  "train.equalGroups": ["count", "EasyR1 leaves groups of equal rewards in the batch"],
  "train.learningRate": [1e-6, `${CONFIG}: lr 1.0e-6`],
  "train.schedule": ["constant", `${OPTIM}: warmup_style "constant"`],
  "train.finalShare": [0, "ours: a constant schedule does not use it"],
  "train.warmup": [0, `${CONFIG}: lr_warmup_ratio 0.0`],
  "train.beta1": [0.9, `${OPTIM}: betas 0.9, 0.999`],
  "train.beta2": [0.999, `${OPTIM}: betas 0.9, 0.999`],
  "train.epsilon": [1e-8, "ours: PyTorch's AdamW, which EasyR1 leaves alone"],
  "train.weightDecay": [0.01, `${CONFIG}: weight_decay 1.0e-2`],
  "train.maxGradientNorm": [1, `${CONFIG}: max_grad_norm 1.0`],
};

/** GRPO as in EasyR1, with clip-higher and a KL term. */
export const easyR1Grpo: Quotes = {
  ...easyR1,
  ...noDynamicSampling,
  "algorithm.kind": ["grpo", `${CONFIG}: adv_estimator grpo`],
  "algorithm.clipHigh": [0.3, `${ACTOR}: clip_ratio_high 0.3`],
  "algorithm.klCoefficient": [0.01, `${CONFIG}: kl_coef 1.0e-2, in the loss`],
  "algorithm.klEstimator": ["k3", `${CONFIG}: kl_penalty low_var_kl`],
  "algorithm.klPlacement": ["loss", `${CONFIG}: use_kl_loss true`],
};

/** DAPO on the same settings. */
export const easyR1Dapo: Quotes = {
  ...easyR1,
  ...unusedKl,
  "algorithm.kind": ["dapo", "DAPO, arXiv:2503.14476"],
  "algorithm.clipHigh": [0.28, "DAPO, arXiv:2503.14476: ε_high 0.28"],
  "algorithm.klCoefficient": [0, "DAPO, arXiv:2503.14476, has no KL term"],
  "train.dynamicSampling.spreadOf": ["accuracy", "DAPO, arXiv:2503.14476: dynamic sampling"],
  "train.dynamicSampling.maxAttempts": [20, "EasyR1's TrainerConfig: max_try_make_batch 20"],
};

/** The reward of EasyR1's math example. */
export const easyR1Reward: Quotes = {
  "reward.format.form": ["think-boxed", "EasyR1's math reward: <think>…</think>, then \\boxed{…}"],
  "reward.accuracy.weight": [0.9, "EasyR1's math reward: 1 − format_weight"],
  "reward.accuracy.values": [[0, 1], "EasyR1's math reward: 1 for a right answer, else 0"],
  "reward.format.weight": [0.1, "EasyR1's math reward: format_weight 0.1"],
};
