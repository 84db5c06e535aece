/**
 * @module
 * The demo: the built-in model learns to read handwriting and add. Its settings are chosen on validation scans; how is
 * told in docs/log.md.
 */
import type { Preset } from "./preset.ts";

export const digits: Preset = {
  name: "digits",
  summary: "the built-in model on the digits task, a few minutes on two cores",
  settings: {
    model: { kind: "small" },
    data: {
      kind: "digits",
      warmStart: { scans: 30, readingSteps: 150, transcriptionSteps: 130, describedShare: 0.35 },
    },
    credit: { kind: "dyco-rl" },
    reward: [
      { kind: "accuracy", weight: 1 },
      { kind: "format", weight: 0.1, form: "think-answer" },
    ],
    sampling: { maxCompletionTokens: 64 },
    train: {
      iterations: 300,
      promptsPerIteration: 48,
      groupSize: 8,
      equalGroups: "drop",
      learningRate: 2e-4,
      schedule: "linear",
      beta1: 0.9,
      beta2: 0.99,
    },
    sft: {
      steps: 800,
      batchSize: 32,
      learningRate: 2e-3,
      schedule: "cosine",
    },
  },
  sources: {
    "model.kind": "needs no download",
    "data.kind": "needs no download",
    "credit.kind": "the method that the demo shows",
    "reward.accuracy.weight": "answers are all that the task rewards",
    "reward.format.weight": "enough to keep the form of the warm start",
    "reward.format.form": "the form of the demonstrations",
    "sampling.maxCompletionTokens": "the longest truthful trace of the default kinds has under 60 tokens",
    "train.iterations": "measured on validation scans",
    "train.promptsPerIteration": "gradients of 16 prompts hardly agree with each other; 48 do better",
    "train.groupSize": "enough that about a third of the groups have spread",
    "train.equalGroups": "measured so: docs/log.md",
    "train.learningRate": "measured: at 3e-4 nothing is gained from a start with weak arithmetic",
    "train.schedule": "measured: decay gives the best end",
    "train.beta1": "AdamW's usual value",
    "train.beta2": "short runs: a memory of 100 steps",
    "sft.steps": "measured: the loss is flat at the end",
    "data.warmStart.readingSteps": "measured: single cells are read after 100 to 120 steps",
    "data.warmStart.transcriptionSteps": "measured: canvases are transcribed after 100 steps",
    "data.warmStart.describedShare":
      "reasoning from words is needed as often as reading; its effect was within noise",
    "data.warmStart.scans":
      "few enough that reading is left to learn, the start from which answers alone help",
    "sft.batchSize": "the plateaus end after as many steps at 32 as at 64",
    "sft.learningRate": "measured: at twice this rate the first plateau does not end",
    "sft.schedule": "measured: a schedule for each lesson ends lower than one over all",
  },
};
