/**
 * @module
 * CPPO as its authors' script trains Qwen2.5-VL-7B on ViRL39K, arXiv:2601.00501: github.com/vbdi/cppo at 77f8763,
 * `verl/examples/cppo/run_qwen2_5_vl-7b_virl39k.sh` over verl's own settings.
 */
import { noDualClip, noDynamicSampling, plainLoss, upkeep } from "./ours.ts";
import type { Preset } from "./preset.ts";
import { OFF, quotedPreset } from "./quoted.ts";

const VERL = "verl's trainer, which the script leaves alone";
const DATA = "recipe/cppo/cppo_dataset.py";

export const cppoPreset: Preset = quotedPreset(
  "grpo-cppo",
  "GRPO with CPPO's contrastive loss, settings of the authors' script for 7B, arXiv:2601.00501",
  {
    ...upkeep,
    ...plainLoss,
    ...noDualClip,
    ...noDynamicSampling,
    "prompt.format": ["think-boxed", "recipe/cppo/reward.py: thoughts in <think>, the answer in \\boxed{}"],
    "verdict.from": ["mark", "recipe/cppo/reward.py reads \\boxed{} and nothing else"],
    "algorithm.kind": ["grpo", "the script: adv_estimator=grpo"],
    "algorithm.clipLow": [0.2, `${VERL}: clip_ratio 0.2`],
    "algorithm.clipHigh": [0.2, `${VERL}: clip_ratio 0.2`],
    "algorithm.dualClip": [3, `${VERL}: clip_ratio_c 3.0`],
    "algorithm.aggregation": ["token-mean", `${VERL}: loss_agg_mode "token-mean"`],
    "algorithm.klCoefficient": [0.01, "the script: kl_loss_coef=0.01"],
    "algorithm.klEstimator": ["k3", "the script: kl_loss_type=low_var_kl"],
    "algorithm.entropyCoefficient": [0, "the script: entropy_coeff=0"],
    "credit.kind": ["cppo", "the method of the paper"],
    "credit.coefficient": [0.01, "the script: CPL_LOSS_COEF=0.01"],
    "credit.temperature": [0.1, "the script: CPL_TAU=0.1"],
    "credit.tokenShare": [0.5, "the script: CPL_VISION_TOP_PERCENT=0.5"],
    "credit.onlyBetter": [true, "the script: CPL_USE_ADVANTAGE_GATING=True"],
    "credit.bound": [10, `${VERL}: the estimate of a KL is held at 10`],
    "credit.kept.kind": ["augment", `${DATA}: sem_preserving_transforms`],
    "credit.kept.ways": [
      ["colour", "perspective", "rotation"],
      `${DATA}: one of ColorJitter, RandomPerspective and RandomRotation`,
    ],
    "credit.kept.degrees": [10, `${DATA}: RandomRotation(degrees=10)`],
    "credit.kept.distortion": [0.2, `${DATA}: RandomPerspective(distortion_scale=0.2, p=0.5)`],
    "credit.kept.seed": [0, "ours: any will do"],
    "credit.lost.kind": ["occlude", `${DATA}: sem_changing_transforms`],
    "credit.lost.ways": [["noise-boxes", "crop"], `${DATA}: one of RandomOcclusion and RandomZoomCrop`],
    "credit.lost.boxes": [50, `${DATA}: RandomOcclusion(p=1.0,iter=50)`],
    "credit.lost.leastBox": [0.05, `${DATA}: scale=(0.05, 0.15)`],
    "credit.lost.mostBox": [0.15, `${DATA}: scale=(0.05, 0.15)`],
    "credit.lost.leastCrop": [0.6, `${DATA}: RandomZoomCrop(scale=(0.6,0.7))`],
    "credit.lost.mostCrop": [0.7, `${DATA}: RandomZoomCrop(scale=(0.6,0.7))`],
    "credit.lost.seed": [0, "ours: any will do"],
    "reward.accuracy.weight": [0.9, "recipe/cppo/reward.py: 1 − format_score"],
    "reward.accuracy.values": [[0, 1], "recipe/cppo/reward.py: 1 for a right answer, else 0"],
    "reward.format.weight": [0.1, "recipe/cppo/reward.py: format_score 0.1"],
    "reward.format.form": ["think-boxed", "recipe/cppo/reward.py: <think>…</think>, then \\boxed{…}"],
    "sampling.temperature": [1, `${VERL}: temperature 1.0`],
    "sampling.topP": [1, `${VERL}: top_p 1`],
    "sampling.topK": [0, `${VERL}: top_k −1, all tokens`],
    "sampling.maxCompletionTokens": [4096, "the script: max_response_length=4096"],
    "train.promptsPerIteration": [512, "the script: TRAIN_BATCH_SIZE=512"],
    "train.minibatches": [8, "the script: PPO_MINI_BATCH_SIZE=64 of 512 prompts"],
    "train.groupSize": [5, "the script: rollout.n=5"],
    "train.epochs": [2, "the script: EPOCHS=2"],
    "train.iterations": [OFF, "epochs say how long a run is"],
    "train.equalGroups": ["count", "verl leaves groups of equal rewards in the batch"],
    "train.learningRate": [1e-6, "the script: lr=1e-6"],
    "train.schedule": ["constant", `${VERL}: warmup_style "constant"`],
    "train.finalShare": [0, "ours: a constant schedule does not use it"],
    "train.warmup": [0, `${VERL}: no warmup`],
    "train.beta1": [0.9, `${VERL}: betas 0.9, 0.999`],
    "train.beta2": [0.999, `${VERL}: betas 0.9, 0.999`],
    "train.epsilon": [1e-8, "ours: PyTorch's AdamW, which verl leaves alone"],
    "train.weightDecay": [0.01, `${VERL}: weight_decay 0.01`],
    "train.maxGradientNorm": [1, `${VERL}: grad_clip 1.0`],
  },
);
