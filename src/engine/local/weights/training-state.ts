/**
 * @module
 * The content of a checkpoint besides the model: AdamW's moments and the KL reference. Everything is stored by
 * parameter, under Hugging Face names, so that it does not depend on how the engine lays parameters out in memory.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { EngineError } from "../../../errors/index.ts";
import { removeFile } from "../../../files/index.ts";
import { VALUE_HEAD } from "../../../model/graph/index.ts";
import { openSafetensors, readTensorInto, type SafetensorsFile } from "../../../model/safetensors.ts";
import { type WeightTensor, writeSafetensors } from "../../../model/write-safetensors.ts";
import type { AdamW } from "./adamw.ts";
import type { ParameterStore } from "./parameter-store.ts";

const OPTIMIZER = "optimizer.safetensors";
const REFERENCE = "reference.safetensors";
const FIRST = "first_moment.";
const SECOND = "second_moment.";

/**
 * Writes AdamW's moments, and the KL reference if there is one. Files of an earlier save that this save does not
 * write are removed: they belong to other weights.
 *
 * @param adam none when the optimiser's state is not wanted
 */
export function saveTrainingState(directory: string, store: ParameterStore, adam: AdamW | undefined): void {
  const write = (name: string, tensors: Iterable<[string, WeightTensor]> | undefined, metadata = {}) => {
    const path = join(directory, name);
    if (tensors === undefined) {
      removeFile(path);
    } else {
      writeSafetensors(path, new Map(tensors), { metadata });
    }
  };
  const prefixed = (prefix: string, flat: Float32Array) =>
    [...store.tensors(flat)].map(([name, tensor]): [string, WeightTensor] => [prefix + name, tensor]);
  const moments = adam && [...prefixed(FIRST, adam.firstMoment), ...prefixed(SECOND, adam.secondMoment)];
  write(OPTIMIZER, moments, { steps: String(adam?.steps) });
  write(REFERENCE, adam && store.reference && store.modelTensors(store.reference));
}

/** The state that `saveTrainingState` wrote, as flat arrays; parts that were not written are absent. */
export interface TrainingState {
  readonly moments?: { readonly first: Float32Array; readonly second: Float32Array; readonly steps: number };
  readonly reference?: Float32Array;
}

/**
 * Reads and checks what `saveTrainingState` wrote.
 *
 * @throws EngineError when the state is another model's
 * @throws ModelError when a file is broken
 */
export function readTrainingState(directory: string, store: ParameterStore): TrainingState {
  const optimizer = join(directory, OPTIMIZER);
  const reference = join(directory, REFERENCE);
  let state: TrainingState = {};
  if (existsSync(optimizer)) {
    const file = openSafetensors(optimizer);
    const steps = readSteps(file.metadata["steps"], optimizer);
    state = {
      moments: { first: readFlat(file, FIRST, store), second: readFlat(file, SECOND, store), steps },
    };
  }
  return existsSync(reference)
    ? { ...state, reference: readFlat(openSafetensors(reference), "", store) }
    : state;
}

/**
 * Restores a state. Without moments the optimiser starts from zero; without a reference the present reference stays.
 */
export function restoreTrainingState(state: TrainingState, store: ParameterStore, adam: AdamW): void {
  adam.reset();
  if (state.moments !== undefined) {
    adam.firstMoment.set(state.moments.first);
    adam.secondMoment.set(state.moments.second);
    adam.steps = state.moments.steps;
  }
  store.reference = state.reference ?? store.reference;
}

/** A value head is not part of a reference, and may have been added after a state was saved: then it has zeros. */
function readFlat(file: SafetensorsFile, prefix: string, { layout }: ParameterStore): Float32Array {
  const flat = new Float32Array(layout.size);
  for (const { name, shape, offset, size } of layout.parameters.values()) {
    const found = file.tensors.get(prefix + name)?.shape;
    if (found === undefined && name.startsWith(VALUE_HEAD)) {
      continue;
    }
    if (found?.join() !== shape.join()) {
      const got = found === undefined ? "no such tensor" : `[${found.join(", ")}]`;
      throw new EngineError(`${file.path}: ${prefix}${name}: expected [${shape.join(", ")}], got ${got}`);
    }
    readTensorInto(file, prefix + name, flat.subarray(offset, offset + size));
  }
  return flat;
}

function readSteps(text: string | undefined, path: string): number {
  const steps = Number(text ?? Number.NaN);
  if (!(Number.isSafeInteger(steps) && steps >= 0)) {
    throw new EngineError(`${path}: steps: expected an integer ≥ 0, got ${text ?? "nothing"}`);
  }
  return steps;
}
