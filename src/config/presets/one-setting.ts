/**
 * @module
 * One setting for every method of visual credit, so that only the method differs, from
 * github.com/zsxm1998/awesome-perception-aware-rlvr (README at 0f17ffa, `comparison/qwen3_vl_4b`) for Qwen3-VL-4B on
 * ViRL39K.
 */
import { easyR1Grpo, easyR1Reward } from "./easy-r1.ts";
import type { Preset } from "./preset.ts";
import { OFF, type Quotes, quotedPreset } from "./quoted.ts";

const README = "the collection's README";

const setting: Quotes = {
  ...easyR1Grpo,
  ...easyR1Reward,
  "algorithm.kind": ["grpo", `${README}: methods on GRPO`],
  "algorithm.clipHigh": [0.2, `${README}: clip 0.2`],
  "algorithm.klCoefficient": [0.01, `${README}: KL 0.01`],
  "algorithm.entropyCoefficient": [0.005, `${README}: entropy 0.005`],
  "credit.kind": ["uniform", "the method of a row takes its place"],
  "train.promptsPerIteration": [384, `${README}: 384x8`],
  "train.minibatches": [3, "EasyR1's update batch of 128 prompts"],
  "train.groupSize": [8, `${README}: 384x8`],
  "train.epochs": [2, "ours: as most of the methods train on ViRL39K"],
  "train.iterations": [OFF, "epochs say how long a run is"],
};

export const oneSettingPreset: Preset = quotedPreset(
  "one-setting",
  "one setting for every method of visual credit: Qwen3-VL-4B on ViRL39K, recipes/rivals",
  setting,
);
