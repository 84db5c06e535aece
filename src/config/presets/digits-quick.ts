/**
 * @module
 * The demo's path in under a minute: too short to show a gain, but it runs every stage.
 */
import { digitsQuotes } from "./digits.ts";
import type { Preset } from "./preset.ts";
import { quotedPreset } from "./quoted.ts";

export const digitsQuick: Preset = quotedPreset(
  "digits-quick",
  "the digits preset cut down to under a minute",
  {
    ...digitsQuotes,
    "train.iterations": [4, "what fits into a minute"],
    "train.promptsPerIteration": [16, "what fits into a minute"],
    "sft.steps": [24, "what fits into a minute"],
    "data.warmStart.readingSteps": [8, "a third of the steps"],
    "data.warmStart.transcriptionSteps": [8, "a third of the steps"],
    "evaluation.problems": [64, "what fits into a minute"],
  },
);
