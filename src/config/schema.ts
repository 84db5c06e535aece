/**
 * @module
 * The whole configuration of a run, as one strict schema: its types, defaults and help all come from here. The schemas
 * of algorithm, credit, digits and reward are imported from their rooms.
 */
import * as z from "zod";
import { benchmarkSchema } from "../benchmark/index.ts";
import { creditSchema } from "../credit/index.ts";
import { filesSchema, SPLITS } from "../data/index.ts";
import { parseBytes } from "../engine/index.ts";
import { ANSWER_FORMATS, chatModelSchema, protocolFields } from "../eval/index.ts";
import { judgeFields } from "../judge/index.ts";
import { isHubReference, LORA_MODULES } from "../model/index.ts";
import { algorithmSchema } from "../objective/index.ts";
import { rewardEntrySchema, temporalSchema } from "../reward/index.ts";
import { samplingSchema, scheduleSchema, sftSchema } from "../train/index.ts";
import { verdictSchema } from "../verify/index.ts";
import { moduleSchema } from "./modules/load-module.ts";
import { observerSchema } from "./observer-schema.ts";
import { taskNames, taskSchemas } from "./tasks.ts";
import { tinkerSchema } from "./tinker-schema.ts";

const seed = z
  .int()
  .min(0)
  .max(2 ** 32 - 1);

const modelSchema = z
  .discriminatedUnion("kind", [
    z
      .strictObject({
        kind: z.literal("small"),
        assets: z
          .string()
          .min(1)
          .optional()
          .describe(
            "Directory with config.json, tokenizer and chat template; the built-in directory by default.",
          ),
      })
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
  .describe("The model to train: small, the path of a model directory, or org/name[@revision] of the hub.");

const dataSchema = z
  .discriminatedUnion("kind", [
    ...taskSchemas,
    filesSchema
      .safeExtend({ kind: z.literal("files") })
      .describe("Problems in files: jsonl, json, parquet, TSV, or a folder of images with a csv."),
    moduleSchema,
  ])
  .describe(
    "The task: a built-in one by name, the path of a file or directory, org/name[@revision] of the hub, or a module; may be written as task too.",
  );

const promptSchema = z
  .strictObject({
    format: z
      .enum(ANSWER_FORMATS)
      .default("plain")
      .describe("Instructions of the papers for thoughts and answer; see docs/model.md."),
    system: z
      .string()
      .optional()
      .describe("System message; by default the format's, else the chat template's."),
    suffix: z.string().optional().describe("Text after every question; by default the format's."),
    module: moduleSchema
      .optional()
      .describe(
        "A user-defined prompt format, in place of format; its export and options may be set beside it.",
      ),
  })
  .describe("How a problem becomes a conversation.");

const trainSchema = scheduleSchema
  .safeExtend({ seed: seed.default(0).describe("Seed of initial weights, sampling and order of data.") })
  .describe("Reinforcement learning.");

/** A user module's reward, with a weight and a name as built-in entries have. */
const rewardModuleSchema = moduleSchema.safeExtend({
  weight: z.number().default(1).describe("Factor of this part in the reward."),
  name: z.string().min(1).optional().describe("Name of the metric; by default the name of the export."),
});

const rewardSchema = z
  .array(z.discriminatedUnion("kind", [...rewardEntrySchema.options, temporalSchema, rewardModuleSchema]))
  .min(1)
  .default([{ kind: "accuracy", weight: 1, values: [0, 1] }])
  .describe("The parts of the reward, which is their weighted sum.");

const judgedSchema = z.strictObject({
  ...judgeFields(),
  prompt: judgeFields().prompt.unwrap().optional().describe("Default: the benchmark's, else binary."),
});

const evaluationSchema = z
  .strictObject({
    split: z.enum(SPLITS).default("validation").describe("Part of the data set that problems come from."),
    problems: z.int().min(1).default(500).describe("Number of problems."),
    seed: seed.default(1).describe("Seed of the problems; use the same for all runs that are compared."),
    batchSize: z.int().min(1).default(128).describe("Problems sampled at once."),
    benchmarks: z
      .array(z.discriminatedUnion("kind", [...benchmarkSchema.options, moduleSchema]))
      .default([])
      .describe("Benchmarks, in place of the task's split."),
    benchmarkData: z
      .string()
      .min(1)
      .optional()
      .describe("Directory with the benchmarks' files; a benchmark's option data overrides it."),
    benchmarkProblems: z
      .int()
      .min(1)
      .optional()
      .describe("Use only this number of problems of each benchmark, from the first; all by default."),
    maxBrokenShare: z
      .number()
      .min(0)
      .max(1)
      .default(0)
      .describe(
        "Largest share of broken rows in a benchmark. Broken rows are reported and skipped; a larger share ends the evaluation.",
      ),
    ...protocolFields(),
    judge: judgedSchema
      .optional()
      .describe(
        "A judge model that scores each answer, with the rule's verdict recorded beside it; by default the rule alone.",
      ),
    server: chatModelSchema
      .optional()
      .describe("A model under test behind an OpenAI-compatible server, in place of the engine."),
  })
  .describe("Subject and protocol of fovea eval.");

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
    "Train low-rank adapters on a model from disk or the hub; its own weights are frozen. Checkpoints are PEFT adapter directories; fovea export merges them.",
  );

const MEMORY = { error: 'expected bytes, or a size such as "5 GiB"' };

const engineSchema = z
  .discriminatedUnion("kind", [
    z
      .strictObject({
        kind: z.literal("local"),
        device: z
          .enum(["cpu", "webgpu"])
          .default("cpu")
          .describe(
            "Where the model computes: processor cores, or a graphics adapter by WebGPU. Without an adapter the run fails before its first step.",
          ),
        threads: z
          .union([z.int().min(1), z.literal("auto")])
          .default("auto")
          .describe(
            "Compute threads of all replicas together. auto measures the fastest arrangement for model and machine once; a run records the numbers.",
          ),
        replicas: z
          .union([z.int().min(1), z.literal("auto")])
          .default("auto")
          .describe(
            "Copies of the model that share work and threads: faster for small models, but each takes memory; results differ in the last bits. auto: see engine.threads.",
          ),
        spin: z
          .boolean()
          .default(false)
          .describe(
            "Idle threads busy-wait: a tenth faster on an unshared machine, far slower on a shared one.",
          ),
        stream: z
          .boolean()
          .default(false)
          .describe(
            "Read weights from their file layer by layer: needs memory for one layer, and can only score.",
          ),
        memory: z
          .union([z.int().min(1), z.string().refine((text) => parseBytes(text) !== undefined, MEMORY)])
          .optional()
          .describe(
            'Memory limit of the process, in bytes or as "5 GiB". Batches are sized to fit; a run that cannot fit fails before its first step. Default: nine tenths of the free memory of machine or container.',
          ),
        rollouts: z
          .enum(["fp32", "int8"])
          .default("fp32")
          .describe(
            "Weights that completions to learn from are sampled with. int8 rounds the matrices of decoder and head to 8 bits after each update, for faster sampling of wide models; learning and evaluation stay in float32. See docs/int8-rollouts.md.",
          ),
        checkpointing: z
          .enum(["auto", "none", "blocks"])
          .default("auto")
          .describe(
            "Gradient checkpointing. none keeps all expensive activations. blocks keeps the inputs of the decoder's layers and of the vision tower's blocks: less memory, and a second forward pass. auto takes the first that fits.",
          ),
        lora: loraSchema.optional(),
      })
      .describe("The local engine, on onnxruntime."),
    tinkerSchema,
    moduleSchema,
  ])
  .describe("The engine that runs the model.");

/** The default kind of each part. */
export const DEFAULT_KINDS = {
  model: "small",
  data: taskNames[0],
  algorithm: "grpo",
  credit: "uniform",
  verdict: "answer",
  engine: "local",
} as const;

/** Everything that describes a run. */
export const configSchema = z
  .strictObject({
    model: modelSchema.prefault({ kind: DEFAULT_KINDS.model }),
    data: dataSchema.prefault({ kind: taskSchemas[0].shape.kind.value }),
    prompt: promptSchema.prefault({}),
    algorithm: z
      .discriminatedUnion("kind", [...algorithmSchema.options, moduleSchema])
      .describe("Which policy loss; may be written as objective too.")
      .prefault({ kind: DEFAULT_KINDS.algorithm }),
    credit: z
      .discriminatedUnion("kind", [...creditSchema.options, moduleSchema])
      .describe("How the advantage of a completion is shared among its tokens.")
      .prefault({ kind: DEFAULT_KINDS.credit }),
    creditAgreement: z
      .strictObject({
        methods: z.array(creditSchema).min(1).describe("Credit methods that the run's own is compared with."),
        share: z
          .number()
          .gt(0)
          .max(1)
          .default(0.2)
          .describe("Share of each completion's tokens, by highest signal, whose overlap is measured."),
        every: z.int().min(1).default(1).describe("Iterations between measurements."),
      })
      .optional()
      .describe(
        "Measures how far other credit methods agree with the run's method; does not affect training.",
      ),
    observers: z
      .array(observerSchema)
      .optional()
      .describe(
        "Receive the run's events beside the run directory: tensorboard, or user modules; does not affect training.",
      ),
    verdict: z
      .discriminatedUnion("kind", [...verdictSchema.options, moduleSchema])
      .describe("Decides which answers are right, in training, evaluation, diagnosis and the viewer.")
      .prefault({ kind: DEFAULT_KINDS.verdict }),
    reward: rewardSchema,
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
