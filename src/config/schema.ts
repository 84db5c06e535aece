/**
 * @module
 * The whole configuration of a run, as one strict schema: its types, defaults and help all come from here. The parts
 * that other layers own (algorithm, credit, digits, reward) are their schemas.
 */
import * as z from "zod";
import { benchmarkSchema } from "../benchmark/index.ts";
import { creditSchema } from "../credit/index.ts";
import { filesSchema, SPLITS } from "../data/index.ts";
import { ANSWER_FORMATS, chatModelSchema, protocolFields } from "../eval/index.ts";
import { judgeFields } from "../judge/index.ts";
import { isHubReference, LORA_MODULES } from "../model/index.ts";
import { algorithmSchema } from "../objective/index.ts";
import { rewardEntrySchema, temporalSchema } from "../reward/index.ts";
import { samplingSchema, scheduleSchema, sftSchema } from "../train/index.ts";
import { verdictSchema } from "../verify/index.ts";
import { moduleSchema } from "./modules/load-module.ts";
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
            "Directory with config.json, tokenizer and chat template; the built-in one unless given.",
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
      .describe("Words of the papers that ask for thoughts and answer: see docs/model.md."),
    system: z.string().optional().describe("System message; the format's, else the chat template's own."),
    suffix: z.string().optional().describe("Text put after every question; the format's unless given."),
    module: moduleSchema.optional().describe("A prompt format of your own, in place of format."),
  })
  .describe("How a problem becomes a conversation.");

const trainSchema = scheduleSchema
  .safeExtend({ seed: seed.default(0).describe("Seed of initial weights, sampling and order of data.") })
  .describe("Reinforcement learning.");

/** A reward of a user module, with the weight and the name that built-in entries have too. */
const rewardModuleSchema = moduleSchema.safeExtend({
  weight: z.number().default(1).describe("Factor of this part in the reward."),
  name: z.string().min(1).optional().describe("Name of the metric; that of the export unless given."),
});

const rewardSchema = z
  .array(z.discriminatedUnion("kind", [...rewardEntrySchema.options, temporalSchema, rewardModuleSchema]))
  .min(1)
  .default([{ kind: "accuracy", weight: 1, values: [0, 1] }])
  .describe("The parts of the reward, which is their weighted sum.");

const judgedSchema = z.strictObject({
  ...judgeFields(),
  prompt: judgeFields()
    .prompt.unwrap()
    .optional()
    .describe("The benchmark's own, else binary, unless given."),
});

const evaluationSchema = z
  .strictObject({
    split: z.enum(SPLITS).default("validation").describe("Part of the data set that problems come from."),
    problems: z.int().min(1).default(500).describe("Number of problems."),
    seed: seed.default(1).describe("Seed of the problems, the same for every run that is to be compared."),
    batchSize: z.int().min(1).default(128).describe("Problems that are sampled at once."),
    benchmarks: z
      .array(z.discriminatedUnion("kind", [...benchmarkSchema.options, moduleSchema]))
      .default([])
      .describe("Benchmarks, in place of the task's split."),
    benchmarkData: z
      .string()
      .min(1)
      .optional()
      .describe("Directory with the benchmarks' files; a benchmark's own option data comes first."),
    benchmarkProblems: z
      .int()
      .min(1)
      .optional()
      .describe("The first problems of each benchmark; all unless given."),
    maxBrokenShare: z
      .number()
      .min(0)
      .max(1)
      .default(0)
      .describe(
        "Share of a benchmark's rows that may be broken: they are named and left out. More end the evaluation.",
      ),
    ...protocolFields(),
    judge: judgedSchema
      .optional()
      .describe(
        "A judge that decides on each answer, the benchmark's rule beside it; the rule alone unless given.",
      ),
    server: chatModelSchema
      .optional()
      .describe("A model under test behind an OpenAI-compatible server, in place of the engine."),
  })
  .describe("What fovea eval measures, and how it asks.");

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
        threads: z
          .union([z.int().min(1), z.literal("auto")])
          .default("auto")
          .describe(
            "Threads that compute, of all replicas together. With auto the fastest arrangement for the model and the machine is measured once; a run records the numbers.",
          ),
        replicas: z
          .union([z.int().min(1), z.literal("auto")])
          .default("auto")
          .describe(
            "Copies of the model that share the work and the threads: faster for small models, at the price of their memory; results differ in the last bits. With auto as for engine.threads.",
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
    moduleSchema,
  ])
  .describe("What runs the model.");

/** The kind of each part that is chosen by kind, where none is written. */
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
          .min(0)
          .max(1)
          .default(0.2)
          .describe("Of each completion's tokens, those of highest signal, whose overlap is measured."),
        every: z.int().min(1).default(1).describe("Iterations between measurements."),
      })
      .optional()
      .describe("Measures how far other credit methods agree with the run's own; they change nothing else."),
    verdict: z
      .discriminatedUnion("kind", [...verdictSchema.options, moduleSchema])
      .describe("Decides what is right, in training, evaluation, diagnosis and the viewer.")
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
