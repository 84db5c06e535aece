/**
 * @module
 * Checkpoints of a fake engine: the bytes of its numbers.
 */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { EngineError } from "../../errors/index.ts";
import type { FakeModel } from "./fake-model.ts";

const POLICY_FILE = "fake-policy.bin";
const OPTIMIZER_FILE = "fake-optimizer.bin";

function floats(bytes: Buffer, expected: number, where: string): Float64Array {
  if (bytes.byteLength !== expected * 8) {
    throw new EngineError(`${where}: expected ${expected * 8} bytes, got ${bytes.byteLength}`);
  }
  const copy = new Float64Array(expected);
  new Uint8Array(copy.buffer).set(bytes);
  return copy;
}

const asBytes = (values: Float64Array) => new Uint8Array(values.buffer, values.byteOffset, values.byteLength);

/** @param optimizer whether the optimizer's state is saved too */
export async function saveModel(
  { weights, optimizer: state }: FakeModel,
  directory: string,
  optimizer: boolean,
): Promise<void> {
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, POLICY_FILE), asBytes(weights));
  if (optimizer) await writeFile(join(directory, OPTIMIZER_FILE), asBytes(state));
}

/**
 * Without a file of the optimizer's state it begins again.
 *
 * @throws EngineError when a file is missing or of another size
 */
export async function loadModel(model: FakeModel, directory: string): Promise<void> {
  const path = join(directory, POLICY_FILE);
  const loaded = await readFile(path).catch((cause: unknown) => {
    throw new EngineError(`${path}: cannot be read`, { cause });
  });
  const size = model.weights.length;
  const states = 2 * size + 1;
  model.weights = floats(loaded, size, path);
  const state = await readFile(join(directory, OPTIMIZER_FILE)).catch(() => undefined);
  model.optimizer = state === undefined ? new Float64Array(states) : floats(state, states, OPTIMIZER_FILE);
  model.gradient.fill(0);
}
