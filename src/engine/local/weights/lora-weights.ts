/**
 * @module
 * Low-rank adapters in a local engine: where they come from, how they begin, how they are saved and loaded.
 */
import { EngineError } from "../../../errors/index.ts";
import { Rng } from "../../../math/random.ts";
import type { ParameterNames, StorageOptions } from "../../../model/index.ts";
import {
  isAdapterDirectory,
  type LoraAdapter,
  readAdapter,
  writeAdapter,
} from "../../../model/lora/adapter.ts";
import { type LoraShape, loraNames, loraShape, sameLora } from "../../../model/lora/lora-shape.ts";
import type { LocalLora } from "../local-options.ts";
import type { ParameterStore } from "./parameter-store.ts";
import { holdsValueHead } from "./value-head-file.ts";

/** The adapters that an engine begins with; without numbers they are new. */
export interface LoraStart {
  readonly shape: LoraShape;
  readonly adapter?: LoraAdapter;
  /** Where they were read. */
  readonly directory?: string;
  readonly seed: number;
}

/**
 * The adapters that the engine's option requests.
 *
 * @throws ConfigError when an option is impossible
 * @throws ModelError when the adapter directory cannot be read or belongs to another model
 */
export function loraStart(lora: LocalLora, names: ParameterNames): LoraStart {
  if ("adapter" in lora) {
    const adapter = readAdapter(lora.adapter, names);
    return { shape: adapter.shape, adapter, directory: lora.adapter, seed: 0 };
  }
  const { seed = 0, ...options } = lora;
  return { shape: loraShape(names, options), seed };
}

/**
 * Sets the adapters' first numbers: as read from a file, or A uniform in ±1/√in and B 0, as PEFT begins. A value head beside
 * adapters belongs to them.
 */
export function beginAdapters({ shape, adapter, directory, seed }: LoraStart, store: ParameterStore): void {
  if (adapter !== undefined) {
    putAdapter(adapter, store);
    if (directory !== undefined && holdsValueHead(directory)) store.readValueHead(directory);
    return;
  }
  const rng = new Rng(seed);
  for (const weight of shape.targets.keys()) {
    const { a, b } = loraNames(weight);
    const first = store.view(store.weights, a);
    const bound = 1 / Math.sqrt(store.layout.parameters.get(a)!.shape[1]!);
    const draw = rng.fork(a);
    for (let i = 0; i < first.length; i++) {
      first[i] = draw.uniform(-bound, bound);
    }
    store.view(store.weights, b).fill(0);
  }
  store.version++;
}

/** Writes the adapters as a directory that PEFT opens, in the element type that is asked for. */
export function saveAdapters(
  directory: string,
  shape: LoraShape,
  store: ParameterStore,
  names: ParameterNames,
  base: string,
  { dtype }: Pick<StorageOptions, "dtype"> = {},
): void {
  writeAdapter(directory, { shape, tensors: store.modelTensors(store.weights) }, names, base, dtype);
}

/**
 * Reads the adapters that `saveAdapters` wrote, or PEFT.
 *
 * @throws EngineError when the directory holds none, or others than this engine's
 * @throws ModelError when a file is broken
 */
export function readSameAdapters(directory: string, shape: LoraShape, names: ParameterNames): LoraAdapter {
  if (!isAdapterDirectory(directory)) {
    throw new EngineError(`load: ${directory}: expected an adapter directory, with adapter_config.json`);
  }
  const adapter = readAdapter(directory, names);
  if (!sameLora(adapter.shape, shape)) {
    throw new EngineError(
      `load: ${directory}: expected adapters of the same matrices, ranks and factors as this engine's`,
    );
  }
  return adapter;
}

export function putAdapter({ tensors }: LoraAdapter, store: ParameterStore): void {
  for (const [name, { data }] of tensors) {
    store.view(store.weights, name).set(data);
  }
  store.version++;
}
