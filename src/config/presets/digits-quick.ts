/**
 * @module
 * The demo's path in under a minute: too short to show a gain, long enough to pass through every room.
 */
import { digits } from "./digits.ts";
import type { Preset } from "./preset.ts";

const shorter = {
  train: { iterations: 4, promptsPerIteration: 16 },
  sft: { steps: 24 },
  data: {
    kind: "digits",
    warmStart: { scans: 30, readingSteps: 8, transcriptionSteps: 8, describedShare: 0.35 },
  },
  evaluation: { problems: 64 },
} as const;

export const digitsQuick: Preset = {
  name: "digits-quick",
  summary: "the digits preset cut down to under a minute",
  settings: {
    ...digits.settings,
    data: shorter.data,
    train: { ...digits.settings.train, ...shorter.train },
    sft: { ...digits.settings.sft, ...shorter.sft },
    evaluation: shorter.evaluation,
  },
  sources: {
    ...digits.sources,
    "train.iterations": "what fits into a minute",
    "train.promptsPerIteration": "what fits into a minute",
    "sft.steps": "what fits into a minute",
    "data.warmStart.readingSteps": "a third of the steps",
    "data.warmStart.transcriptionSteps": "a third of the steps",
    "evaluation.problems": "what fits into a minute",
  },
};
