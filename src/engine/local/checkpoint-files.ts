/**
 * @module
 * A local engine's checkpoint: a Hugging Face model directory, and the optimiser's state beside it.
 */
import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { EngineError, ModelError, RunError } from "../../errors/index.ts";
import {
  configJson,
  type ModelConfig,
  openSafetensors,
  readTensor,
  replaceFile,
  type SafetensorsFile,
  type WeightTensor,
  writeSafetensors,
  writeWeights,
} from "../../model/index.ts";
import type { AdamW } from "./adamw.ts";
import type { ParameterStore } from "./parameter-store.ts";

const OPTIMIZER = "optimizer.safetensors";
const REFERENCE = "reference.safetensors";
/** Written anew by every save, so never copied from the model that training began with. */
const OWN = /\.safetensors$|\.safetensors\.index\.json$|^config\.json$|^README/;

/**
 * Writes weights and configuration, and copies the tokenizer's and processor's files from `assets`.
 *
 * @throws RunError when the place cannot be written
 */
export function saveModel(
  directory: string,
  config: ModelConfig,
  store: ParameterStore,
  assets: string,
): void {
  try {
    copyAssets(assets, directory);
  } catch (cause) {
    throw new RunError(`${directory}: cannot be written: ${(cause as Error).message}`, { cause });
  }
  replaceFile(join(directory, "config.json"), [`${JSON.stringify(configJson(config), null, 2)}\n`]);
  writeWeights(directory, store.tensors(store.weights));
}

function copyAssets(assets: string, directory: string): void {
  mkdirSync(directory, { recursive: true });
  for (const file of readdirSync(assets, { withFileTypes: true })) {
    const target = join(directory, file.name);
    if (
      file.isFile() &&
      /\.(json|jinja|txt)$/.test(file.name) &&
      !OWN.test(file.name) &&
      !existsSync(target)
    ) {
      copyFileSync(join(assets, file.name), target);
    }
  }
}

/**
 * Writes AdamW's moments, and the KL reference if there is one. What an earlier save left in the directory and this
 * one does not write is removed: it belongs to other weights.
 *
 * @param adam none when the optimiser's state is not wanted
 */
export function saveTrainingState(directory: string, store: ParameterStore, adam: AdamW | undefined): void {
  const shape = [store.layout.size];
  const write = (name: string, tensors: Map<string, WeightTensor> | undefined, metadata = {}) => {
    const path = join(directory, name);
    if (tensors === undefined) {
      rmSync(path, { force: true });
    } else {
      writeSafetensors(path, tensors, { metadata });
    }
  };
  const moments =
    adam &&
    new Map([
      ["first_moment", { shape, data: adam.firstMoment }],
      ["second_moment", { shape, data: adam.secondMoment }],
    ]);
  write(OPTIMIZER, moments, { steps: String(adam?.steps) });
  write(REFERENCE, adam && store.reference && new Map([["weights", { shape, data: store.reference }]]));
}

/** What `saveTrainingState` wrote; parts that are not there are absent. */
export interface TrainingState {
  readonly moments?: { readonly first: Float32Array; readonly second: Float32Array; readonly steps: number };
  readonly reference?: Float32Array;
}

/**
 * Reads and checks what `saveTrainingState` wrote.
 *
 * @throws EngineError when the state belongs to a model of another size
 * @throws ModelError when a file is broken
 */
export function readTrainingState(directory: string, { layout }: ParameterStore): TrainingState {
  const optimizer = join(directory, OPTIMIZER);
  const reference = join(directory, REFERENCE);
  const read = (file: SafetensorsFile, name: string) => {
    const data = readTensor(file, name);
    if (data.length !== layout.size) {
      throw new EngineError(`${file.path}: ${name}: expected ${layout.size} numbers, got ${data.length}`);
    }
    return data;
  };
  let state: TrainingState = {};
  if (existsSync(optimizer)) {
    const file = openSafetensors(optimizer);
    const steps = readSteps(file.metadata["steps"], optimizer);
    state = { moments: { first: read(file, "first_moment"), second: read(file, "second_moment"), steps } };
  }
  return existsSync(reference) ? { ...state, reference: read(openSafetensors(reference), "weights") } : state;
}

/** Puts a state in place; without moments the optimiser starts anew, without a reference the present one stays. */
export function restoreTrainingState(state: TrainingState, store: ParameterStore, adam: AdamW): void {
  adam.reset();
  if (state.moments !== undefined) {
    adam.firstMoment.set(state.moments.first);
    adam.secondMoment.set(state.moments.second);
    adam.steps = state.moments.steps;
  }
  store.reference = state.reference ?? store.reference;
}

function readSteps(text: string | undefined, path: string): number {
  const steps = Number(text ?? Number.NaN);
  if (!(Number.isSafeInteger(steps) && steps >= 0)) {
    throw new EngineError(`${path}: steps: expected an integer ≥ 0, got ${text ?? "nothing"}`);
  }
  return steps;
}

/**
 * Fails when a checkpoint's configuration is another model's: weights of the same shapes can still be meant for
 * other heads, positions or token ids.
 *
 * @throws ModelError naming the fields that differ
 */
export function checkSameModel(found: ModelConfig, expected: ModelConfig, directory: string): void {
  const differing = differences(configJson(found), configJson(expected), "");
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
