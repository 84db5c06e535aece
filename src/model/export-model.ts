/**
 * @module
 * A copy of a model directory: in another element type, in shards, with an adapter merged into it. Tensors
 * are copied one at a time, so the model may be larger than memory.
 */
import { copyFileSync, existsSync, mkdirSync, readdirSync, realpathSync, statSync } from "node:fs";
import { join } from "node:path";
import { ConfigError, RunError } from "../errors/index.ts";
import { removeFile, replaceFile } from "../files/index.ts";
import { graphsOf } from "./architectures/graphs.ts";
import { parseConfig } from "./architectures/index.ts";
import { type FloatType, requireFloatType, TORCH_DTYPES } from "./float-type.ts";
import { Fields } from "./json-fields.ts";
import { isAdapterDirectory, mergedWeights, readAdapter } from "./lora/adapter.ts";
import { ASKING_FILES } from "./model-files.ts";
import { openWeights } from "./open-weights.ts";
import { readJson } from "./read-json.ts";
import { type StorageOptions, writeWeights } from "./write-weights.ts";

export interface ExportOptions extends StorageOptions {
  /** A PEFT adapter directory to merge. */
  readonly adapter?: string;
}

/**
 * Writes a copy of a model directory. Files that describe the model are copied unchanged, except for the element type
 * in config.json; an optimiser's state is not copied. Files that say how another model is asked, which was there before,
 * are removed.
 *
 * @param source a model directory
 * @param target another directory, made if need be
 * @throws ConfigError when both are the same, the target holds an adapter, or there is no such element type
 * @throws ModelError when the model or the adapter cannot be read, or do not belong together
 * @throws RunError when the disk is full or the place cannot be written
 */
export function exportModel(source: string, target: string, options: ExportOptions = {}): void {
  const { adapter, dtype = "F32" } = options;
  requireFloatType(dtype);
  checkTarget(source, target);
  const path = join(source, "config.json");
  const json = readJson(path);
  const { names } = graphsOf(parseConfig(json, path));
  const weights = openWeights(source, names);
  const merged = mergedWeights(
    weights,
    names,
    adapter === undefined ? undefined : readAdapter(adapter, names),
  );
  try {
    mkdirSync(target, { recursive: true });
    copyDescriptions(source, target);
    for (const name of ASKING_FILES) if (!existsSync(join(source, name))) removeFile(join(target, name));
  } catch (cause) {
    if (cause instanceof RunError) throw cause;
    throw new RunError(`${target}: cannot be written: ${(cause as Error).message}`, { cause });
  }
  const text = JSON.stringify(withDtype(json, path, dtype), null, 2);
  replaceFile(join(target, "config.json"), [`${text}\n`]);
  writeWeights(target, merged, options);
}

function checkTarget(source: string, target: string): void {
  if (!existsSync(target)) return;
  if (existsSync(source) && realpathSync(source) === realpathSync(target))
    throw new ConfigError(`export: expected another directory than the model's, got ${target}`);
  if (isAdapterDirectory(target))
    throw new ConfigError(
      `export: expected a directory without an adapter, which transformers would add to the model, got ${target}`,
    );
}

/** Copies the files that describe a model; folders are left out. */
export function copyDescriptions(source: string, target: string): void {
  for (const name of readdirSync(source)) {
    const from = join(source, name);
    if (isDescription(name) && statSync(from).isFile()) copyFileSync(from, join(target, name));
  }
}

/** Tokenizer, processor, chat template, licence; no weights, no index, no training state. */
function isDescription(name: string): boolean {
  const isText = /\.(json|jinja|txt|md)$/.test(name) || /^(LICENSE|NOTICE)/.test(name);
  return isText && !/^(config|trainer|model\.safetensors\.index|adapter_config)\.json$/.test(name);
}

/** A config.json with the element type, in every place that names one or in the first; other fields stay. */
export function withDtype(json: unknown, where: string, dtype: FloatType): Record<string, unknown> {
  const changed = changedDtype(json, where, dtype);
  return "dtype" in changed ? changed : { ...changed, torch_dtype: TORCH_DTYPES[dtype] };
}

function changedDtype(json: unknown, where: string, dtype: FloatType): Record<string, unknown> {
  const changed: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(new Fields(json, where).json)) {
    if (name === "dtype" || name === "torch_dtype") changed[name] = TORCH_DTYPES[dtype];
    else if (name.endsWith("_config") && typeof value === "object" && value !== null && !Array.isArray(value))
      changed[name] = changedDtype(value, where, dtype);
    else changed[name] = value;
  }
  return changed;
}
