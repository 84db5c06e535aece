/**
 * @module
 * A local engine's checkpoint: a Hugging Face model directory, and the optimiser's state beside it.
 */
import { copyFileSync, existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { EngineError } from "../../errors/index.ts";
import {
  configJson,
  type ModelConfig,
  openSafetensors,
  readTensor,
  replaceFile,
  writeSafetensors,
  writeWeights,
} from "../../model/index.ts";
import type { AdamW } from "./adamw.ts";
import type { ParameterStore } from "./parameter-store.ts";

const OPTIMIZER = "optimizer.safetensors";
const REFERENCE = "reference.safetensors";
/** Written anew by every save, so never copied from the model that training began with. */
const OWN = /\.safetensors$|\.safetensors\.index\.json$|^config\.json$|^README/;

/** Writes weights and configuration, and copies the tokenizer's and processor's files from `assets`. */
export function saveModel(directory: string, config: ModelConfig, store: ParameterStore, assets: string): void {
  mkdirSync(directory, { recursive: true });
  for (const file of readdirSync(assets, { withFileTypes: true })) {
    const target = join(directory, file.name);
    if (file.isFile() && /\.(json|jinja|txt)$/.test(file.name) && !OWN.test(file.name) && !existsSync(target)) {
      copyFileSync(join(assets, file.name), target);
    }
  }
  replaceFile(join(directory, "config.json"), [`${JSON.stringify(configJson(config), null, 2)}\n`]);
  writeWeights(directory, store.tensors(store.weights));
}

/** Writes AdamW's moments, and the KL reference if there is one. */
export function saveTrainingState(directory: string, store: ParameterStore, adam: AdamW): void {
  const shape = [store.layout.size];
  const moments = new Map([
    ["first_moment", { shape, data: adam.firstMoment }],
    ["second_moment", { shape, data: adam.secondMoment }],
  ]);
  writeSafetensors(join(directory, OPTIMIZER), moments, { metadata: { steps: String(adam.steps) } });
  if (store.reference !== undefined) {
    writeSafetensors(join(directory, REFERENCE), new Map([["weights", { shape, data: store.reference }]]));
  }
}

/**
 * Reads what `saveTrainingState` wrote; without it the optimiser starts anew.
 *
 * @throws EngineError when the state belongs to a model of another size
 */
export function loadTrainingState(directory: string, store: ParameterStore, adam: AdamW): void {
  adam.reset();
  const path = join(directory, OPTIMIZER);
  if (existsSync(path)) {
    const file = openSafetensors(path);
    adam.firstMoment.set(flat(readTensor(file, "first_moment"), store, path));
    adam.secondMoment.set(flat(readTensor(file, "second_moment"), store, path));
    adam.steps = Number(file.metadata["steps"]);
  }
  const reference = join(directory, REFERENCE);
  if (existsSync(reference)) {
    store.reference = flat(readTensor(openSafetensors(reference), "weights"), store, reference).slice();
  }
}

function flat(data: Float32Array, store: ParameterStore, path: string): Float32Array {
  if (data.length !== store.layout.size) {
    throw new EngineError(`${path}: expected ${store.layout.size} numbers, got ${data.length}`);
  }
  return data;
}
