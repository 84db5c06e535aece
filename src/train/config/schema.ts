/**
 * @module
 * The whole configuration of a run, as one strict schema: its types, defaults and help all come from here. The parts
 * that other layers own (algorithm, credit, digits, reward) are their schemas.
 */
import * as z from "zod";
import { creditSchema } from "../../credit/index.ts";
import { DIGITS_SPLITS, digitsSchema, filesSchema } from "../../data/index.ts";
import { ANSWER_FORMATS } from "../../eval/index.ts";
import { isHubReference, LORA_MODULES } from "../../model/index.ts";
import { algorithmSchema } from "../../objective/index.ts";
import { rewardSchema } from "../../verify/index.ts";
import { optimizerOptions, scheduleOptions } from "./optimizer-schema.ts";
import { tinkerSchema } from "./tinker-schema.ts";

const seed = z
  .int()
  .min(0)
  .max(2 ** 32 - 1);

const modelSchema = z
  .discriminatedUnion("kind", [
    z
      .strictObject({ kind: z.literal("digits") })
      .describe("The built-in small model, from random weights drawn by train.seed; it needs a warm start."),
    z
      .strictObject({
        kind: z.literal("directory"),
        path: z.string().min(1).describe("A Hugging Face model directory."),
      })
      .describe("A model from disk."),
    z
      .strictObject({
        kind: z.literal("hub"),
        name: z
          .string()
          .refine((name) => isHubReference(name) && !name.includes("@"), { error: "expected org/name" })
          .describe("A repository of the Hugging Face Hub, org/name."),
        revision: z
          .string()
          .refine((revision) => isHubReference(`org/name@${revision}`), {
            error: "expected a branch, a tag or a commit",
          })
          .default("main")
          .describe("Branch, tag or commit."),
      })
      .describe("A model of the Hugging Face Hub, kept in the cache that huggingface_hub for Python uses."),
  ])
  .describe("The model to train: digits, the path of a model directory, or org/name[@revision] of the hub.");

const dataSchema = z
  .discriminatedUnion("kind", [
    digitsSchema
      .safeExtend({
        kind: z.literal("digits"),
        seed: seed.default(0).describe("Seed of the problems that training draws."),
      })
      .describe("Procedural problems: handwritten digits to read and calculate with."),
    filesSchema
      .safeExtend({ kind: z.literal("files") })
      .describe("Problems in files: jsonl, json, parquet, TSV, or a folder of images with a csv."),
  ])
  .describe(
    "Where problems come from: digits, the path of a file or directory, or org/name[@revision] of the hub.",
  );

const promptSchema = z
  .strictObject({
    format: z
      .enum(ANSWER_FORMATS)
      .default("plain")
      .describe("Words of the papers that ask for thoughts and answer: see docs/model.md."),
    system: z.string().optional().describe("System message; the format's, else the chat template's own."),
    suffix: z.string().optional().describe("Text put after every question; the format's unless given."),
  })
  .describe("How a problem becomes a conversation.");

const samplingSchema = z
  .strictObject({
    temperature: z.number().positive().default(1).describe("Temperature of rollouts and of their log-probs."),
    topP: z.number().gt(0).max(1).default(1).describe("Nucleus: least set of tokens with this probability."),
    topK: z.int().min(0).default(0).describe("Keep the k likeliest tokens; 0 keeps all."),
    maxCompletionTokens: z
      .int()
      .min(1)
      .default(96)
      .describe("A completion is cut off after this many tokens."),
  })
  .describe("How completions are sampled.");

const trainSchema = z
  .strictObject({
    iterations: z.int().min(1).default(150).describe("Rounds of sampling and learning."),
    promptsPerIteration: z.int().min(1).default(48).describe("Problems a round, P."),
    groupSize: z.int().min(2).default(8).describe("Completions per problem, G."),
    dynamicSampling: z
      .strictObject({
        maxAttempts: z.int().min(1).default(10).describe("Rounds of sampling an iteration at most."),
        spreadOf: z
          .enum(["accuracy", "reward"])
          .default("accuracy")
          .describe("What must differ within a group for it to count."),
      })
      .optional()
      .describe(
        "Draw more problems until promptsPerIteration groups have spread, as in DAPO; off unless given, {} for defaults.",
      ),
    minibatches: z
      .int()
      .min(1)
      .default(1)
      .describe("Optimiser steps a round; the groups are shared among them."),
    maxStaleness: z
      .int()
      .min(0)
      .default(0)
      .describe(
        "Batches that are sampled ahead while gradients are computed: a batch is learnt from at most so many policy versions (iterations) after the one that sampled it; 0 samples on policy. Needs an engine that overlaps, such as tinker.",
      ),
    ...optimizerOptions({ learningRate: 1e-4, beta1: 0.9, beta2: 0.99, weightDecay: 0, maxGradientNorm: 1 }),
    ...scheduleOptions("constant", 0),
    seed: seed.default(0).describe("Seed of initial weights, sampling and order of data."),
    checkpointEvery: z
      .int()
      .min(0)
      .default(50)
      .describe("Iterations between checkpoints; 0 only at the end."),
    keepCheckpoints: z.int().min(1).default(2).describe("Checkpoints that are kept, the newest."),
    maxConsecutiveSkips: z
      .int()
      .min(1)
      .default(5)
      .describe(
        "The run stops after this many steps in a row were skipped for a loss or gradient not finite.",
      ),
    evaluateEvery: z
      .int()
      .min(0)
      .default(0)
      .describe("Iterations between evaluations on validation; 0 never."),
    evaluateProblems: z.int().min(1).default(200).describe("Problems of such an evaluation."),
    reportKlEvery: z
      .int()
      .min(0)
      .default(10)
      .describe("Iterations between reports of KL to the reference when the loss has no KL term; 0 never."),
    rolloutsEvery: z
      .int()
      .min(0)
      .default(1)
      .describe("Iterations between files under rollouts/; 0 writes none."),
    rolloutGroups: z.int().min(0).default(8).describe("Groups written to such a file; 0 writes all."),
  })
  .describe("Reinforcement learning.");

const sftSchema = z
  .strictObject({
    steps: z.int().min(0).default(800).describe("Optimiser steps in all; 0 does without a warm start."),
    batchSize: z.int().min(1).default(32).describe("Demonstrations a step."),
    scans: z.int().min(1).max(1200).default(30).describe("Training scans that demonstrations are made of."),
    readingSteps: z.int().min(0).default(150).describe("First steps, on single cells: reading alone."),
    transcriptionSteps: z
      .int()
      .min(0)
      .default(140)
      .describe("Next steps, on all cells of a canvas: where to look."),
    describedShare: z
      .number()
      .min(0)
      .max(1)
      .default(0.35)
      .describe("Share of the remaining steps' problems that are told in words instead of shown."),
    ...optimizerOptions({ learningRate: 2e-3, beta1: 0.9, beta2: 0.98, weightDecay: 0, maxGradientNorm: 1 }),
    ...scheduleOptions("cosine", 0.1),
    checkpointEvery: z.int().min(0).default(0).describe("Steps between checkpoints; 0 only at the end."),
    reportEvery: z.int().min(1).default(10).describe("Steps between measurements of the loss."),
  })
  .describe("The supervised warm start on reasoning traces of few scans.");

const evaluationSchema = z
  .strictObject({
    split: z
      .enum(DIGITS_SPLITS)
      .default("validation")
      .describe("Part of the data set that problems come from."),
    problems: z.int().min(1).default(500).describe("Number of problems."),
    seed: seed.default(1).describe("Seed of the problems, the same for every run that is to be compared."),
    batchSize: z.int().min(1).default(128).describe("Problems that are sampled at once."),
  })
  .describe("What fovea eval measures, greedily.");

const loraSchema = z
  .strictObject({
    rank: z.int().min(1).default(16).describe("Rank of every adapter, r."),
    alpha: z.number().positive().default(32).describe("Adapters are scaled by alpha / rank."),
    modules: z
      .array(z.enum(LORA_MODULES))
      .min(1)
      .default([...LORA_MODULES])
      .describe("Matrices of every decoder layer that get an adapter."),
    vision: z.boolean().default(false).describe("Adapt the blocks of the vision tower too."),
    rankStabilized: z.boolean().default(false).describe("Scale by alpha / sqrt(rank) instead."),
  })
  .describe(
    "Train low-rank adapters on a model from disk or the hub, and leave its own weights alone. Checkpoints are PEFT adapter directories; fovea export merges them.",
  );

const engineSchema = z
  .discriminatedUnion("kind", [
    z
      .strictObject({
        kind: z.literal("local"),
        threads: z.int().min(1).default(2).describe("Threads that compute, of all replicas together."),
        replicas: z
          .int()
          .min(1)
          .default(1)
          .describe(
            "Copies of the model that share the work and the threads: faster for small models, at the price of their memory; results differ in the last bits.",
          ),
        spin: z
          .boolean()
          .default(false)
          .describe(
            "Idle threads wait in a loop: a tenth faster alone on a machine, far slower on a shared one.",
          ),
        stream: z
          .boolean()
          .default(false)
          .describe(
            "Keep weights in their file and read them layer by layer: memory for one layer, and scoring only.",
          ),
        lora: loraSchema.optional(),
      })
      .describe("This machine, by onnxruntime."),
    tinkerSchema,
  ])
  .describe("What runs the model.");

/** The kind of each part that is chosen by kind, where none is written. */
export const DEFAULT_KINDS = {
  model: "digits",
  data: "digits",
  algorithm: "grpo",
  credit: "dyco-rl",
  engine: "local",
} as const;

/** Everything that describes a run. */
export const configSchema = z
  .strictObject({
    model: modelSchema.prefault({ kind: DEFAULT_KINDS.model }),
    data: dataSchema.prefault({ kind: DEFAULT_KINDS.data }),
    prompt: promptSchema.prefault({}),
    algorithm: algorithmSchema.prefault({ kind: DEFAULT_KINDS.algorithm }),
    credit: creditSchema.prefault({ kind: DEFAULT_KINDS.credit }),
    reward: rewardSchema.prefault({}),
    sampling: samplingSchema.prefault({}),
    train: trainSchema.prefault({}),
    sft: sftSchema.prefault({}),
    evaluation: evaluationSchema.prefault({}),
    engine: engineSchema.prefault({ kind: DEFAULT_KINDS.engine }),
  })
  .describe("A run of Fovea.");

/** A complete configuration: every default filled in. */
export type Config = z.output<typeof configSchema>;

/** A configuration as a user or a preset writes it. */
export type ConfigInput = z.input<typeof configSchema>;
