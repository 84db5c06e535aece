/**
 * @module
 * The Hugging Face model directory that a local engine writes.
 */
import { existsSync, mkdirSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { ModelError, RunError } from "../../../errors/index.ts";
import { replaceFile } from "../../../files/index.ts";
import { architectureOf, parseConfig } from "../../../model/architectures/index.ts";
import { withDtype } from "../../../model/export-model.ts";
import { requireFloatType } from "../../../model/float-type.ts";
import type { ModelConfig } from "../../../model/index.ts";
import { Fields } from "../../../model/json-fields.ts";
import { ASKING_FILES, carryFiles } from "../../../model/model-files.ts";
import { readJson } from "../../../model/read-json.ts";
import { type StorageOptions, writeWeights } from "../../../model/write-weights.ts";
import type { ParameterStore } from "./parameter-store.ts";
import { writeValueHead } from "./value-head-file.ts";

/**
 * Writes weights, a value head if there is one, and configuration, and copies the tokenizer's and processor's files from `assets`.
 *
 * @throws ConfigError, before anything is written, when there is no such element type
 * @throws RunError when the place cannot be written
 */
export function saveModel(
  directory: string,
  config: ModelConfig,
  store: ParameterStore,
  assets: string,
  storage: StorageOptions = {},
): void {
  requireFloatType(storage.dtype ?? "F32");
  try {
    copyAssets(assets, directory);
  } catch (cause) {
    if (cause instanceof RunError) throw cause;
    throw new RunError(`${directory}: cannot be written: ${(cause as Error).message}`, { cause });
  }
  const json = configOf(assets, config, storage);
  replaceFile(join(directory, "config.json"), [`${JSON.stringify(json, null, 2)}\n`]);
  writeWeights(directory, store.modelTensors(store.weights), storage);
  writeValueHead(directory, store.tensors(store.weights));
}

/**
 * The config.json of `assets` in the stored element type, where it is this model's: it names more than sizes, such as
 * stop tokens and the longest sequence. Otherwise the sizes alone.
 */
function configOf(assets: string, config: ModelConfig, storage: StorageOptions): Record<string, unknown> {
  const path = join(assets, "config.json");
  const { promptSide } = architectureOf(config);
  if (!existsSync(path)) return promptSide.configJson(config, storage);
  const json = readJson(path);
  const { model_type: type } = new Fields(json, path).json;
  const isOfModel =
    type === config.modelType &&
    differences(promptSide.configJson(parseConfig(json, path)), promptSide.configJson(config), "").length ===
      0;
  return isOfModel ? withDtype(json, path, storage.dtype ?? "F32") : promptSide.configJson(config, storage);
}

/** Files of another model that an earlier save left are replaced, or removed where this model has none. */
function copyAssets(assets: string, directory: string): void {
  mkdirSync(directory, { recursive: true });
  if (existsSync(assets) && realpathSync(assets) === realpathSync(directory)) return;
  carryFiles(ASKING_FILES, assets, directory);
}

/**
 * Fails when a checkpoint's configuration is another model's: weights of the same shapes can still be meant for
 * other heads, positions or token ids.
 *
 * @throws ModelError naming the fields that differ
 */
export function checkSameModel(found: ModelConfig, expected: ModelConfig, directory: string): void {
  const json = (config: ModelConfig) => architectureOf(config).promptSide.configJson(config);
  const differing = differences(json(found), json(expected), "");
  if (differing.length > 0) {
    throw new ModelError(
      `${join(directory, "config.json")}: another model than this engine's: ${differing.join("; ")}`,
    );
  }
}

function differences(found: unknown, expected: unknown, where: string): string[] {
  if (typeof expected === "object" && expected !== null && !Array.isArray(expected)) {
    const fields = found as Readonly<Record<string, unknown>>;
    return Object.entries(expected).flatMap(([name, value]) =>
      differences(fields[name], value, where === "" ? name : `${where}.${name}`),
    );
  }
  const [got, wanted] = [JSON.stringify(found), JSON.stringify(expected)];
  return got === wanted ? [] : [`${where}: expected ${wanted}, got ${got}`];
}
