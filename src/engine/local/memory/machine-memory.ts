/**
 * @module
 * The share of the machine's memory available to an engine.
 */
import { EngineError } from "../../../errors/index.ts";
import { parseBytes } from "./bytes.ts";

/** Share of what is free, and of what the process has already, that is taken unless a budget is given. */
const SHARE = 0.9;

/** Bytes of the process before its first model. A later engine finds the bytes of the engines beside it too. */
let ofProcess: number | undefined;

/** Memory of the process. */
export interface MachineMemory {
  /** Bytes that the process may use in all. */
  readonly budget: number;
  /** Bytes that it uses without a model. */
  readonly process: number;
}

/** Of onnxruntime, the worker thread and its garbage. */
export const RUNTIME_BYTES = 96 * 2 ** 20;

/** Bytes that a process has for a model and its batches. */
export function modelBytes({ budget, process }: MachineMemory): number {
  return budget - process - RUNTIME_BYTES;
}

/**
 * The budget of a process: as given, for one engine beside the process itself, or nine tenths of what it could have on this machine, or in its container.
 *
 * @throws EngineError when it is no amount of memory
 */
export function machineMemory(given: number | string | undefined): MachineMemory {
  const taken = process.memoryUsage.rss();
  ofProcess = Math.min(ofProcess ?? taken, taken);
  if (given === undefined) {
    return { budget: SHARE * (taken + process.availableMemory()), process: taken };
  }
  const budget = parseBytes(given);
  if (budget === undefined) {
    throw new EngineError(`memory: expected bytes, or a size such as "5 GiB", got ${JSON.stringify(given)}`);
  }
  return { budget, process: ofProcess };
}
