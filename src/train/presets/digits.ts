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
    model: { kind: "digits" },
    data: { kind: "digits" },
    credit: { kind: "dyco-rl" },
    sampling: { maxCompletionTokens: 64 },
    train: {
      iterations: 300,
      promptsPerIteration: 48,
      groupSize: 8,
      learningRate: 2e-4,
      schedule: "linear",
      beta1: 0.9,
      beta2: 0.99,
    },
    sft: {
      steps: 800,
      readingSteps: 150,
      transcriptionSteps: 130,
      describedShare: 0.35,
      scans: 30,
      batchSize: 32,
      learningRate: 2e-3,
      schedule: "cosine",
    },
  },
  sources: {
    "model.kind": "needs no download",
    "data.kind": "needs no download",
    "credit.kind": "the method that the demo shows",
    "sampling.maxCompletionTokens": "the longest truthful trace of the default kinds has under 60 tokens",
    "train.iterations": "measured on validation scans",
    "train.promptsPerIteration": "gradients of 16 prompts hardly agree with each other; 48 do better",
    "train.groupSize": "enough that about a third of the groups have spread",
    "train.learningRate": "measured: at 3e-4 nothing is gained from a start with weak arithmetic",
    "train.schedule": "measured: decay gives the best end",
    "train.beta1": "AdamW's usual value",
    "train.beta2": "short runs: a memory of 100 steps",
    "sft.steps": "measured: the loss is flat at the end",
    "sft.readingSteps": "measured: single cells are read after 100 to 120 steps",
    "sft.transcriptionSteps": "measured: canvases are transcribed after 100 steps",
    "sft.describedShare": "reasoning from words is needed as often as reading; its effect was within noise",
    "sft.scans": "few enough that reading is left to learn, the start from which answers alone help",
    "sft.batchSize": "the plateaus end after as many steps at 32 as at 64",
    "sft.learningRate": "measured: at twice this rate the first plateau does not end",
    "sft.schedule": "measured: a schedule for each lesson ends lower than one over all",
  },
};
