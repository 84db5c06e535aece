/**
 * @module
 * `fovea export`: writes a model in another element type, in shards, with a merged adapter, or as ONNX. It also
 * writes a run's metrics as an event file, or an evaluation's answers for other tools.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Command, InvalidArgumentError, Option } from "commander";
import { fetchModel, resolveConfig } from "../config/index.ts";
import { ConfigError } from "../errors/index.ts";
import {
  type DownloadProgress,
  downloadModel,
  exportModel,
  exportOnnx,
  isHubReference,
} from "../model/index.ts";
import type { CliContext } from "./context.ts";
import { downloadBar } from "./download-bar.ts";
import { exportPredictions, type PredictionFlags } from "./export-predictions.ts";
import { namedModel } from "./named-model.ts";
import { refuseOptions } from "./refuse-options.ts";
import { wholeNumber } from "./shared-options.ts";

const TYPES = { f32: "F32", f16: "F16", bf16: "BF16" } as const;

interface ExportFlags extends PredictionFlags {
  readonly adapter?: string;
  readonly dtype?: keyof typeof TYPES;
  readonly maxShardSize?: number;
  readonly onnx?: boolean;
  readonly attentionLayers?: number;
  readonly tensorboard?: boolean;
  readonly vlmevalkit?: boolean;
  readonly lmmsEval?: boolean;
}

/** Default directory of a run's event file, within the run directory. */
const EVENTS = "tensorboard";

const UNITS: Readonly<Record<string, number>> = { B: 1, KB: 1e3, MB: 1e6, GB: 1e9 };

/** Reads a size as huggingface_hub does: `5GB`, `500MB`, a plain number of bytes; units are powers of ten. */
function byteSize(text: string): number {
  const [, number, unit = "B"] = /^(\d+(?:\.\d+)?)\s*([KMG]?B)?$/i.exec(text.trim()) ?? [];
  const bytes = Number(number) * (UNITS[unit.toUpperCase()] ?? 0);
  if (!(bytes > 0)) throw new InvalidArgumentError("expected a size such as 5GB");
  return bytes;
}

/** A model directory, and an adapter to merge into it. */
interface Source {
  readonly directory: string;
  readonly adapter?: string;
}

/** The directory of a model, downloaded if needed; of a LoRA run its base model and its adapter. */
async function fetchSource(name: string, { adapter }: ExportFlags, context: CliContext): Promise<Source> {
  const onDownload = downloadBar(context);
  const given = adapter === undefined ? {} : { adapter };
  if (isHubReference(name) && !existsSync(name)) {
    const onProgress = (progress: DownloadProgress) => onDownload({ event: "download", ...progress });
    return { directory: await downloadModel(name, { onProgress }), ...given };
  }
  const named = namedModel(name);
  if (named.run === undefined) return { directory: name, ...given };
  if (named.adapter !== undefined && adapter !== undefined) {
    throw new ConfigError(`--adapter: expected no --adapter beside ${name}, which is an adapter itself`);
  }
  const { model } = await fetchModel(resolveConfig({ preset: named.settings }), onDownload);
  if (model.kind !== "directory") {
    throw new ConfigError(`${name}: expected an adapter of a model directory or of a hub model`);
  }
  return { directory: model.path, ...given, ...(named.adapter !== undefined && { adapter: named.adapter }) };
}

async function exportTo(
  model: string,
  target: string,
  flags: ExportFlags,
  context: CliContext,
): Promise<void> {
  const { dtype = "bf16", maxShardSize } = flags;
  const { directory, adapter } = await fetchSource(model, flags, context);
  exportModel(directory, target, {
    dtype: TYPES[dtype],
    ...(adapter !== undefined && { adapter }),
    ...(maxShardSize !== undefined && { maxShardBytes: maxShardSize }),
  });
  const record = { event: "finished", model: target, dtype, adapter };
  context.stdout(flags.json === true ? `${JSON.stringify(record)}\n` : `model  ${target}\n`);
}

/** Writes a model for ONNX runtimes. */
async function exportGraphs(
  model: string,
  target: string,
  flags: ExportFlags,
  context: CliContext,
): Promise<void> {
  const { dtype = "f32", attentionLayers, maxShardSize } = flags;
  if (dtype === "bf16")
    throw new ConfigError("fovea export: --dtype with --onnx: expected f32 or f16, got bf16");
  const { directory, adapter } = await fetchSource(model, flags, context);
  const { models } = exportOnnx(directory, target, {
    dtype: TYPES[dtype],
    ...(adapter !== undefined && { adapter }),
    ...(attentionLayers !== undefined && { attentionLayers }),
    ...(maxShardSize !== undefined && { maxFileBytes: maxShardSize }),
  });
  const files = Object.values(models).flatMap(({ file, data }) => [file, ...data]);
  const record = { event: "finished", model: target, onnx: true, dtype, adapter, files };
  context.stdout(flags.json === true ? `${JSON.stringify(record)}\n` : `model  ${target}\n`);
}

/** Writes a run's metrics for TensorBoard. */
async function exportEvents(
  run: string,
  target: string,
  flags: ExportFlags,
  context: CliContext,
): Promise<void> {
  const { unreadableText, writeEvents } = await import("../view/index.ts");
  const written = await writeEvents(run, target);
  const record = { event: "finished", ...written };
  if (written.unreadable > 0) context.stderr(`${unreadableText(written.unreadable)}\n`);
  context.stdout(flags.json === true ? `${JSON.stringify(record)}\n` : `events  ${written.path}\n`);
}

/** Refuses the options of another kind of export. */
function refuseIdle(command: Command, { onnx, tensorboard, vlmevalkit, lmmsEval }: ExportFlags): void {
  const arePredictions = vlmevalkit === true || lmmsEval === true;
  if (tensorboard === true || arePredictions) {
    const other =
      tensorboard === true ? "--tensorboard" : vlmevalkit === true ? "--vlmevalkit" : "--lmms-eval";
    const ofModels = ["adapter", "dtype", "maxShardSize", "attentionLayers"];
    refuseOptions(command, ofModels, `needs the export of a model, got ${other}`);
  }
  if (!arePredictions) refuseOptions(command, ["dataset", "modelName"], "needs --vlmevalkit or --lmms-eval");
  if (onnx !== true) refuseOptions(command, ["attentionLayers"], "needs --onnx");
}

/** Adds the arguments and the action of `fovea export`. */
export function configure(command: Command, context: CliContext): void {
  command
    .argument(
      "<source>",
      "a run directory, a model directory, or org/name[@revision] of the Hugging Face Hub; an answers file for --vlmevalkit and --lmms-eval",
    )
    .argument("[target]", `directory to write; default for --tensorboard: ${EVENTS}/ of the run`)
    .addOption(
      new Option(
        "--onnx",
        "write ONNX files that onnxruntime runs without Fovea, in Node and in the browser",
      ).conflicts(["tensorboard", "vlmevalkit", "lmmsEval"]),
    )
    .option("--tensorboard", "write the metrics of a run directory as an event file of TensorBoard")
    .addOption(
      new Option("--vlmevalkit", "write answers.jsonl as predictions that VLMEvalKit scores").conflicts([
        "tensorboard",
        "lmmsEval",
      ]),
    )
    .addOption(
      new Option("--lmms-eval", "write answers.jsonl as logs that lmms-eval scores").conflicts("tensorboard"),
    )
    .option("--dataset <name>", "with these: the tool's data set or task, if there are several")
    .option("--model-name <name>", "with these: the model's name; default: the name in the answers")
    .option("--adapter <path>", "a PEFT adapter directory to merge into the weights")
    .addOption(
      new Option(
        "--dtype <type>",
        "element type of the weights; default: bf16, or f32 with --onnx, which supports f32 and f16",
      ).choices(Object.keys(TYPES)),
    )
    .option("--max-shard-size <size>", "largest weights file; default: 5GB, or 2.1GB with --onnx", byteSize)
    .option(
      "--attention-layers <n>",
      "with --onnx: number of last layers whose attention the decoder returns; default: 1",
      wholeNumber,
    )
    .option("--json", "one JSON object a line on stdout")
    .action(async (source: string, target: string | undefined, flags: ExportFlags) => {
      refuseIdle(command, flags);
      if (flags.tensorboard === true)
        return exportEvents(source, target ?? join(source, EVENTS), flags, context);
      if (target === undefined)
        throw new ConfigError("fovea export: expected the directory to write after the source");
      if (flags.vlmevalkit === true) return exportPredictions("vlmevalkit", source, target, flags, context);
      if (flags.lmmsEval === true) return exportPredictions("lmmsEval", source, target, flags, context);
      return (flags.onnx === true ? exportGraphs : exportTo)(source, target, flags, context);
    });
}
