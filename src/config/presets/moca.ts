/**
 * @module
 * MoCA, arXiv:2605.14054. Neither code nor the constants λ, α₁ and α₂ are known: the constants are our own, and the
 * rest is EasyR1's.
 */
import { easyR1Grpo } from "./easy-r1.ts";
import type { Preset } from "./preset.ts";
import { OFF, type Quotes, quotedPreset } from "./quoted.ts";

const PAPER = "arXiv:2605.14054";

const settings: Quotes = {
  ...easyR1Grpo,
  "prompt.suffix": [
    " First describe the image between <recognition> and </recognition>. Then think, and put the final answer in \\boxed{}.",
    `ours: words that ask for ${PAPER}'s <recognition>`,
  ],
  "algorithm.kind": ["grpo", "ours: advantages of a group; no objective was seen"],
  "credit.kind": ["moca", `the method of ${PAPER}`],
  "credit.tag": ["recognition", `${PAPER}: tokens of <recognition>`],
  "credit.reward": ["blind-answer", `${PAPER}: P, a blind model's answer`],
  "credit.raise": [0.2, "ours: α₁ is not known"],
  "credit.lower": [0.2, "ours: α₂ is not known"],
  "reward.accuracy.weight": [1, `${PAPER}: R = O + λP`],
  "reward.accuracy.values": [[0, 1], `${PAPER}: O is 0 or 1`],
  "reward.blind-answer.weight": [0.5, "ours: λ is not known"],
  "reward.blind-answer.tag": ["recognition", `${PAPER}: the blind model reads <recognition>`],
  "reward.blind-answer.missing": ["zero", "ours: without a description there is nothing to answer from"],
  "reward.blind-answer.words": ["plain", "ours: the words were not seen"],
  "reward.blind-answer.temperature": [0, "ours: one greedy answer"],
  "train.promptsPerIteration": [384, "ours: no sizes were seen"],
  "train.groupSize": [8, "ours: no sizes were seen"],
  "train.minibatches": [3, "ours: no sizes were seen"],
  "train.epochs": [2, "ours: no sizes were seen"],
  "train.iterations": [OFF, "epochs say how long a run is"],
};

export const mocaPreset: Preset = quotedPreset(
  "moca",
  "GRPO with MoCA's credit for descriptions, constants of our own, arXiv:2605.14054",
  settings,
);
