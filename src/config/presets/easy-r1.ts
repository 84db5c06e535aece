/**
 * @module
 * What VICRA, VPPO and PAPO share: all three train Qwen2.5-VL on ViRL39K with forks of EasyR1
 * (github.com/hiyouga/EasyR1) and leave these settings as they find them.
 */
import type { Quotes } from "./quoted.ts";

const CONFIG = "EasyR1's examples/config.yaml";
const ACTOR = "EasyR1's ActorConfig";

/** Optimiser, sampler, clip and form of the answer. */
export const easyR1: Quotes = {
  "prompt.format": ["think-boxed", "thoughts in <think> tags, the answer in \\boxed{}"],
  "verdict.from": ["mark", "EasyR1's math reward reads \\boxed{} and nothing else"],
  "algorithm.clipLow": [0.2, `${ACTOR}: clip_ratio_low 0.2`],
  "algorithm.dualClip": [3, `${ACTOR}: clip_ratio_dual 3.0`],
  "algorithm.aggregation": ["token-mean", `${ACTOR}: loss_avg_mode "token"`],
  "sampling.temperature": [1, `${CONFIG}: temperature 1.0`],
  "sampling.topP": [0.99, `${CONFIG}: top_p 0.99`],
  "sampling.maxCompletionTokens": [2048, `${CONFIG}: max_response_length 2048`],
  "train.learningRate": [1e-6, `${CONFIG}: lr 1.0e-6`],
  "train.schedule": ["constant", `EasyR1's OptimConfig: warmup_style "constant"`],
  "train.beta1": [0.9, "EasyR1's OptimConfig: betas 0.9, 0.999"],
  "train.beta2": [0.999, "EasyR1's OptimConfig: betas 0.9, 0.999"],
  "train.weightDecay": [0.01, `${CONFIG}: weight_decay 1.0e-2`],
  "train.maxGradientNorm": [1, `${CONFIG}: max_grad_norm 1.0`],
};

/** GRPO as EasyR1 has it: a higher upper bound and a KL term. */
export const easyR1Grpo: Quotes = {
  ...easyR1,
  "algorithm.clipHigh": [0.3, `${ACTOR}: clip_ratio_high 0.3`],
  "algorithm.klCoefficient": [0.01, `${CONFIG}: kl_coef 1.0e-2, in the loss`],
  "algorithm.klEstimator": ["k3", `${CONFIG}: kl_penalty low_var_kl`],
};

/** The reward of EasyR1's math example. */
export const easyR1Reward: Quotes = {
  "reward.format.form": ["think-boxed", "EasyR1's math reward: <think>…</think>, then \\boxed{…}"],
  "reward.accuracy.weight": [0.9, "EasyR1's math reward: 1 − format_weight"],
  "reward.format.weight": [0.1, "EasyR1's math reward: format_weight 0.1"],
};
