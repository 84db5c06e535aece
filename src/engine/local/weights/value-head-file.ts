/**
 * @module
 * The value head beside a model: a file of its own, so that the directory stays one that other libraries open.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { EngineError } from "../../../errors/index.ts";
import { removeFile } from "../../../files/index.ts";
import { type ParameterLayout, VALUE_HEAD } from "../../../model/graph/index.ts";
import { openSafetensors, readTensor } from "../../../model/safetensors.ts";
import { type WeightTensor, writeSafetensors } from "../../../model/write-safetensors.ts";

const FILE = "value_head.safetensors";

/** Writes the value head if it is among the trained tensors; one that an earlier save left is removed otherwise. */
export function writeValueHead(directory: string, trained: ReadonlyMap<string, WeightTensor>): void {
  const path = join(directory, FILE);
  const tensors = [...trained].filter(([name]) => name.startsWith(VALUE_HEAD));
  if (tensors.length === 0) {
    removeFile(path);
  } else {
    writeSafetensors(path, new Map(tensors));
  }
}

/** Whether a directory has a value head. */
export function holdsValueHead(directory: string): boolean {
  return existsSync(join(directory, FILE));
}

/**
 * Reads the value head that a directory has, for a layout that has one; it starts at 0, a value of 0 everywhere,
 * where there is none.
 *
 * @returns what to put into the flat array of weights, by offset
 * @throws EngineError when it is another model's
 * @throws ModelError when the file is broken
 */
export function readValueHead(
  directory: string,
  { parameters }: Pick<ParameterLayout, "parameters">,
): ReadonlyMap<number, Float32Array> {
  const path = join(directory, FILE);
  const file =
    parameters.has(`${VALUE_HEAD}weight`) && holdsValueHead(directory) ? openSafetensors(path) : undefined;
  const numbers = new Map<number, Float32Array>();
  for (const { name, shape, offset, size } of parameters.values()) {
    if (!name.startsWith(VALUE_HEAD)) {
      continue;
    }
    const found = file?.tensors.get(name)?.shape;
    if (file !== undefined && found?.join() !== shape.join()) {
      const got = found === undefined ? "no such tensor" : `[${found.join(", ")}]`;
      throw new EngineError(`${path}: ${name}: expected [${shape.join(", ")}], got ${got}`);
    }
    numbers.set(offset, file === undefined ? new Float32Array(size) : readTensor(file, name));
  }
  return numbers;
}
