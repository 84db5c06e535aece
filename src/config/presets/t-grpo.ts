/**
 * @module
 * T-GRPO as its paper and its authors' code train Qwen2.5-VL-7B, arXiv:2503.21776 (github.com/tulerfeng/Video-R1,
 * `src/scripts/run_grpo_video.sh`), and with AT-RL's credit, as Table 4 of arXiv:2602.11455 reports it.
 */
import { atRlGrpo } from "./at-rl.ts";
import { noDualClip, noDynamicSampling, plainLoss, upkeep, wholeBatch } from "./ours.ts";
import type { Preset } from "./preset.ts";
import { OFF, type Quotes, quotedPreset } from "./quoted.ts";

const temporal: Quotes = {
  "reward.temporal.weight": [0.3, 'Section 3.2 of arXiv:2503.21776: "Here we set α = 0.3"'],
  "reward.temporal.factor": [1, "Eq. 1 of arXiv:2503.21776: p ≥ p̃; the code has 0.8"],
  "reward.temporal.shuffledGroupSize": [
    4,
    'Section 4.1 of arXiv:2503.21776: "G is set to 8 and the shuffled group size […] half of that"',
  ],
};

const videoR1: Quotes = {
  ...upkeep,
  ...plainLoss,
  ...noDualClip,
  ...noDynamicSampling,
  ...wholeBatch,
  "prompt.format": ["think-answer", "Appendix C.1: thoughts in <think>, the answer in <answer> tags"],
  "algorithm.kind": ["grpo", "Eqs. 3 and 4"],
  "algorithm.clipLow": [0.2, "ours: no clip is printed; with one update of each batch none acts"],
  "algorithm.clipHigh": [0.2, "ours: no clip is printed; with one update of each batch none acts"],
  "algorithm.klCoefficient": [0.04, "Appendix D: β of the KL term is 0.04"],
  "algorithm.klEstimator": ["k3", "the code: e^x − x − 1"],
  "algorithm.aggregation": ["sequence-mean", "the code: mean over tokens, then over completions"],
  "algorithm.advantageScale": ["std", "Eq. 3"],
  "algorithm.advantageEpsilon": [1e-4, "the code: std + 1e-4"],
  "credit.kind": ["uniform", "all tokens share the advantage"],
  "reward.accuracy.values": [[0, 1], "Section 3.2: a right answer earns 1, a wrong one 0"],
  "reward.accuracy.weight": [1, "the code: accuracy and format are added with weight 1"],
  "reward.format.weight": [1, "the code: accuracy and format are added with weight 1"],
  "reward.format.form": ["think-answer", "the code: <think>…</think><answer>…</answer>"],
  "verdict.from": ["mark", "the code reads <answer>…</answer> and nothing else"],
  ...temporal,
  "reward.length.min": [320, 'Section 3.3: "l_min = 320"'],
  "reward.length.max": [512, 'Section 3.3: "l_max = 512"'],
  "reward.length.weight": [0.2, 'Section 3.3: "ω = 0.2"'],
  "sampling.temperature": [1, "the code: temperature 1"],
  "sampling.topP": [0.95, "the code: top_p 0.95"],
  "sampling.topK": [0, "ours: none is printed"],
  "sampling.maxCompletionTokens": [768, 'Appendix D: "maximum response length is set to 768 tokens"'],
  "train.iterations": [1000, 'Section 4.1: "we train the model for only 1k RL steps"'],
  "train.epochs": [OFF, "iterations say how long a run is"],
  "train.promptsPerIteration": [4, "the script: four processes with one prompt each"],
  "train.groupSize": [8, 'Section 4.1: "The ordered group size G is set to 8"'],
  "train.minibatches": [1, "the code: one update of each batch"],
  "train.learningRate": [1e-6, 'Appendix D: "a learning rate of 1e-6"'],
  "train.schedule": ["cosine", 'the script: lr_scheduler_type "cosine"'],
  "train.finalShare": [0, "the script: the Trainer's cosine schedule ends at 0"],
  "train.warmup": [0, "ours: none is printed; the Trainer's default"],
  "train.epsilon": [1e-8, "Appendix D: Adam; the script leaves the Trainer's default"],
  "train.beta1": [0.9, "Appendix D: Adam; the script leaves the Trainer's default"],
  "train.beta2": [0.999, "Appendix D: Adam; the script leaves the Trainer's default"],
  "train.weightDecay": [0.01, "Appendix D: weight decay 0.01"],
  "train.maxGradientNorm": [5, 'Appendix D: "clip the maximum gradient norm to 5"'],
};

/** T-GRPO alone, and with AT-RL. */
export const tGrpoPresets: readonly Preset[] = [
  quotedPreset(
    "t-grpo",
    "T-GRPO for video, hyper-parameters of arXiv:2503.21776 and its authors' script",
    videoR1,
  ),
  quotedPreset(
    "t-grpo-at-rl",
    "T-GRPO's temporal reward with AT-RL credit, hyper-parameters of arXiv:2602.11455",
    { ...atRlGrpo, ...temporal },
  ),
];
