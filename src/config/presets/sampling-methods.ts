/**
 * @module
 * Methods that change how groups are sampled: NoisyRollout, arXiv:2504.13055, with the settings of its reimplementation
 * in github.com/zsxm1998/awesome-perception-aware-rlvr (`examples/reproduction/noisyrollout/README.md` at 3765ad2), and
 * Share-GRPO, arXiv:2505.16673 (github.com/HJYao00/R1-ShareVL at da7388e, `examples/config.yaml` and
 * `qwen2_5_vl_7b_sharegrpo.sh`). Both are forks of EasyR1.
 */
import { easyR1Grpo, easyR1Reward } from "./easy-r1.ts";
import { unusedKl } from "./ours.ts";
import type { Preset } from "./preset.ts";
import { OFF, type Quotes, quotedPreset } from "./quoted.ts";

const TABLE = "the reimplementation's table of settings";
const SHARE = "examples/config.yaml";

const noisy: Quotes = {
  ...easyR1Grpo,
  ...unusedKl,
  ...easyR1Reward,
  "algorithm.kind": ["grpo", `${TABLE}: GRPO without KL`],
  "algorithm.clipHigh": [0.2, `${TABLE}: clip 0.2 / 0.2`],
  "algorithm.klCoefficient": [0, `${TABLE}: GRPO without KL`],
  "algorithm.entropyCoefficient": [1e-3, `${TABLE}: entropy bonus 1e-3, as the official scripts`],
  "credit.kind": ["uniform", "the method changes sampling alone"],
  "sampling.topP": [1, `${TABLE}: top-p 1.0`],
  "train.rollouts.kind": ["noisy", "the method of the paper"],
  "train.rollouts.share": [0.5, `${TABLE}: 6 clean + 6 noised`],
  "train.promptsPerIteration": [512, `${TABLE}: 512 prompts per step`],
  "train.minibatches": [4, `${TABLE}: update batch 128 prompts (4 updates per step)`],
  "train.groupSize": [12, `${TABLE}: 12 rollouts per prompt`],
  "train.epochs": [OFF, "steps say how long a run is"],
};

const share: Quotes = {
  ...easyR1Grpo,
  ...unusedKl,
  ...easyR1Reward,
  "algorithm.kind": ["grpo", `${SHARE}: adv_estimator grpo`],
  "algorithm.klCoefficient": [0, `${SHARE}: disable_kl true; the script: kl_coef=0`],
  "credit.kind": ["uniform", "the method changes groups alone"],
  "train.rollouts.kind": ["shared", "the method of the paper"],
  "train.rollouts.variants": [2, "the script: rollout.question_num=2"],
  "train.rollouts.changeShare": [0.3, "verl/utils/dataset.py: random.random() < 0.3"],
  "train.rollouts.changes": [
    [
      "quarter-clockwise",
      "quarter-anticlockwise",
      "half-turn",
      "flip-vertical",
      "flip-horizontal",
      "flip-both",
      "noise-10",
      "noise-25",
      "noise-50",
    ],
    "verl/utils/dataset.py: transformations",
  ],
  "train.rollouts.questions": ["new_questions", "verl/utils/dataset.py: the column of other wordings"],
  "train.promptsPerIteration": [1024, `${SHARE}: rollout_batch_size 512, each in two forms`],
  "train.minibatches": [4, `${SHARE}: global_batch_size 128 of 512`],
  "train.groupSize": [6, "the script: rollout.n=6"],
  "train.epochs": [150, `${SHARE}: total_episodes 150`],
  "train.iterations": [OFF, "epochs say how long a run is"],
};

/** NoisyRollout on both of its data sets, and Share-GRPO. */
export const samplingPresets: readonly Preset[] = [
  quotedPreset(
    "noisy-rollout-geometry3k",
    "GRPO with half of each group from noised images on Geometry3K, arXiv:2504.13055",
    {
      ...noisy,
      "train.rollouts.initial": [500, `${TABLE}: Geometry3K α₀ = 500`],
      "train.rollouts.slope": [30, `${TABLE}: Geometry3K λ = 30`],
      "train.rollouts.middle": [40 / 60, `${TABLE}: Geometry3K γ = 40 of t_max = 60 steps`],
      "train.iterations": [60, `${TABLE}: Geometry3K t_max = 60 steps`],
    },
  ),
  quotedPreset(
    "noisy-rollout-mmk12",
    "GRPO with half of each group from noised images on MMK12, arXiv:2504.13055",
    {
      ...noisy,
      "train.rollouts.initial": [450, `${TABLE}: K12 α₀ = 450`],
      "train.rollouts.slope": [60, `${TABLE}: K12 λ = 60`],
      "train.rollouts.middle": [40 / 120, `${TABLE}: K12 γ = 40 of t_max = 120 steps`],
      "train.iterations": [120, `${TABLE}: K12 t_max = 120 steps`],
    },
  ),
  quotedPreset(
    "share-grpo",
    "GRPO with each problem in two forms, settings of the authors' script, arXiv:2505.16673",
    share,
  ),
];
