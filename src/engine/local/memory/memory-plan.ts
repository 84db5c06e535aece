/**
 * @module
 * How an engine's memory is shared out: what lies there as long as the model does, and what is left for batches. From
 * that follow the rows that the head takes at once, the size of batches, and which compiled programs are kept.
 */
import { EngineError } from "../../../errors/index.ts";
import type { ParameterLayout } from "../../../model/graph/index.ts";
import type { ParameterStore } from "../weights/parameter-store.ts";
import { formatBytes } from "./bytes.ts";
import { type MachineMemory, RUNTIME_BYTES } from "./machine-memory.ts";

/** Largest logits and what is made of them at once: a longer stretch of rows is no faster. */
const HEAD_BYTES = 256 * 2 ** 20;

const FLOAT = Float32Array.BYTES_PER_ELEMENT;
/** Elements of the largest array that Node 20 makes. */
const MOST_NUMBERS = 2 ** 32;

/** Bytes of one batch of a training step. */
export interface BatchBytes {
  /** Bytes saved by the forward pass for the backward pass. */
  readonly activations: number;
  /** Bytes of the programs besides. */
  readonly programs: number;
}

/**
 * Fails where the weights alone are too large. Called before their arrays are made.
 *
 * @param replicas that share the process's memory
 * @throws EngineError with the numbers
 */
export function requireWeights(
  { budget, process }: MachineMemory,
  replicas: number,
  { size, frozenSize }: Pick<ParameterLayout, "size" | "frozenSize">,
): void {
  // The gradients of all replicas are one array.
  const shared = size * replicas;
  const largest = Math.max(shared, frozenSize);
  if (largest > MOST_NUMBERS) {
    const whose = replicas > 1 && largest === shared ? ` of ${replicas} replicas` : "";
    throw new EngineError(
      `weights: expected at most ${MOST_NUMBERS} numbers${whose}, as many as an array of Node holds, got ${largest}; score ` +
        "with such a model by engine.stream, or train it on a server by the Tinker protocol",
    );
  }
  const weights = (size + frozenSize) * FLOAT;
  const needed = (weights + RUNTIME_BYTES) * replicas + process;
  if (needed <= budget) return;
  throw new EngineError(
    `memory: expected at least ${formatBytes(needed)}, got ${formatBytes(budget)}: weights ${formatBytes(weights)}, runtime ` +
      `${formatBytes(RUNTIME_BYTES)}, the process without a model ${formatBytes(process)}; allow more by engine.memory, or keep ` +
      "weights in their file by engine.stream, to score with them",
  );
}

export class MemoryPlan {
  readonly #memory: MachineMemory;
  readonly #replicas: number;
  readonly #store: ParameterStore;
  #trains = false;
  #expectsReference = false;
  #quantised = 0;
  /** Bytes that are kept for the activations of batches. */
  activations = 0;
  /** Bytes of the pixels of prompts that are kept. */
  prompts = 0;
  /** Bytes of what is prepared of them, which gives way to batches. */
  preparedPrompts = 0;

  /** @param replicas that share the process's memory */
  constructor(memory: MachineMemory, replicas: number, store: ParameterStore) {
    this.#memory = memory;
    this.#replicas = replicas;
    this.#store = store;
  }

  /** From now on gradients and moments count, which take no memory before they are written to. */
  train(): void {
    this.#trains = true;
  }

  /** From now on a KL reference counts, whether it is set already or will be. */
  expectReference(): void {
    this.#expectsReference = true;
  }

  /** From now on matrices in 8 bits count, whether they are there already or will be. */
  expectQuantised(bytes: number): void {
    this.#quantised = bytes;
  }

  /** Bytes that lie in memory as long as the model does, by what they are. */
  #fixed(): ReadonlyMap<string, number> {
    const { layout, reference } = this.#store;
    const trained = layout.size * FLOAT;
    return new Map([
      ["weights", trained + layout.frozenSize * FLOAT],
      ...(this.#quantised > 0 ? [["8-bit weights", this.#quantised] as const] : []),
      ...(reference !== undefined || this.#expectsReference ? [["KL reference", trained] as const] : []),
      ...(this.#trains
        ? ([
            ["gradients", trained * (this.#replicas > 1 ? 2 : 1)],
            ["moments", 2 * trained],
          ] as const)
        : []),
      ...(this.prompts > 0 ? [["prompts", this.prompts] as const] : []),
    ]);
  }

  /** Bytes for batches and programs. */
  get room(): number {
    const fixed = [...this.#fixed().values()].reduce((sum, bytes) => sum + bytes, 0);
    const { budget, process } = this.#memory;
    return (budget - process) / this.#replicas - RUNTIME_BYTES - fixed;
  }

  /** Bytes that may be kept of what is prepared of prompts, for later calls: a quarter of the room, or what batches leave. */
  get promptBytes(): number {
    return Math.max(0, Math.min(this.room / 4, this.room - this.activations - this.headBytes));
  }

  /** Bytes that the head's logits, and what is made of them, may take at once. */
  get headBytes(): number {
    return Math.min(HEAD_BYTES, Math.max(0, this.room) / 8);
  }

  /** Bytes that compiled programs may keep. */
  get programBytes(): number {
    return this.room - this.activations - this.preparedPrompts;
  }

  /** Whether a batch of a training step fits. */
  fits({ activations, programs }: BatchBytes): boolean {
    return activations + programs + this.headBytes <= this.room;
  }

  /**
   * The error of a batch that does not fit however few its sequences are.
   *
   * @param batch in words
   */
  refusal(call: string, batch: string, { activations, programs }: BatchBytes): EngineError {
    const { budget, process } = this.#memory;
    const replicas = this.#replicas > 1 ? `, and the same of ${this.#replicas - 1} more replicas` : "";
    const parts = [
      ...this.#fixed(),
      [`activations of ${batch}`, activations],
      ["programs", programs + this.headBytes + RUNTIME_BYTES],
    ] as const;
    const sum = parts.reduce((total, [, bytes]) => total + bytes, 0) * this.#replicas + process;
    const list = parts.map(([name, bytes]) => `${name} ${formatBytes(bytes)}`).join(", ");
    return new EngineError(
      `${call}: memory: expected at least ${formatBytes(sum)}, got ${formatBytes(budget)}: ${list}${replicas}, ` +
        `the process without a model ${formatBytes(process)}; allow more by engine.memory, or choose a smaller model, ` +
        "shorter completions, engine.lora or engine.checkpointing",
    );
  }
}
