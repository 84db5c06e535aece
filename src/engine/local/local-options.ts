/**
 * @module
 * The options of a local engine, and checks of requests.
 */
import { askedSignals } from "../../credit/signals/index.ts";
import { EngineError } from "../../errors/index.ts";
import { isTemperature, LEAST_TEMPERATURE } from "../../math/temperature.ts";
import type { LoraOptions, ModelConfig } from "../../model/index.ts";
import type { Device } from "../../tensor/index.ts";
import { QUANTISED_BLOCK } from "../../tensor/index.ts";
import type { SignalRequest } from "../engine.ts";
import type { Checkpointing } from "./checkpointing.ts";
import type { MachineMemory } from "./memory/machine-memory.ts";

/** Precision of the weights that completions to learn from are sampled with. */
export type RolloutPrecision = "fp32" | "int8";

/** How rollouts in 8 bits are computed, for the record of a run. */
export const INT8_ROLLOUTS = {
  weights: "int8",
  blockSize: QUANTISED_BLOCK,
  operator: "MatMulNBits",
} as const;

/** A model that starts from random weights. */
export interface FreshModel {
  readonly config: ModelConfig;
  /** Directory with the tokenizer, chat template and processor that its checkpoints will carry. */
  readonly assets: string;
  readonly seed: number;
}

/**
 * New adapters, whose A is drawn from `seed` (0 unless given) and whose B is 0; or an adapter directory to continue
 * from.
 */
export type LocalLora = (LoraOptions & { readonly seed?: number }) | { readonly adapter: string };

export interface LocalEngineOptions {
  /** A Hugging Face model directory, or a model to begin. */
  readonly model: string | FreshModel;
  /** Where programs compute: the processor's cores, unless given, or a graphics adapter by WebGPU. */
  readonly device?: Device;
  /** Threads that compute, of all replicas together; 2 unless given. */
  readonly threads?: number;
  /**
   * Replicas of the model that share the work, each with its part of the threads: faster than as many threads of one
   * small operation, for as many times the memory of the weights. 1 unless given. Results differ in the last bits.
   */
  readonly replicas?: number;
  /**
   * Idle threads wait for work in a loop instead of asleep: a tenth faster on a machine of one's own, many times slower
   * on one that is shared. False unless given.
   */
  readonly spin?: boolean;
  /**
   * A value head: a linear layer on the hidden state that predicts a token, from zeros or from the model's directory.
   * False unless given.
   */
  readonly valueHead?: boolean;
  /** Most prompt and completion tokens computed at once: few enough to stay in the cache, 2,048 unless given. */
  readonly maxTokens?: number;
  /**
   * Memory that the process may take, in bytes or as "5 GiB": batches are made small enough, and what cannot fit is
   * refused. Nine tenths of what the machine, or the container, has free unless given.
   */
  readonly memory?: number | string | undefined;
  /**
   * The activations that a training step keeps. "none": all that are expensive to compute. "blocks": the inputs of
   * each layer of the decoder and each block of the vision tower, for a second forward pass. "auto": the first of the
   * two that fits into memory. "auto" unless given.
   */
  readonly checkpointing?: Checkpointing;
  /**
   * Weights that requests with `rollout` are sampled with: "int8" rounds the matrices of decoder and head to 8 bits, block
   * by block, whenever they have changed. Memory for one byte more per number. "fp32" unless given.
   */
  readonly rollouts?: RolloutPrecision;
  /**
   * Train low-rank adapters, new or from a PEFT adapter directory; the model's own weights do not change. `save`
   * writes an adapter directory then, and `load` reads one.
   */
  readonly lora?: LocalLora | undefined;
  /**
   * Keep the weights in their file and read them layer by layer at every call: memory for one layer instead of a model,
   * and an engine that can only score. False unless given.
   */
  readonly stream?: boolean;
}

/** The options of one replica's thread. */
export interface ReplicaOptions extends LocalEngineOptions {
  /** Memory of the process that all replicas share. */
  readonly machine?: MachineMemory;
}

/** @throws EngineError when a value is no positive integer */
export function checkPositive(name: string, value: number): void {
  if (!(Number.isInteger(value) && value > 0)) {
    throw new EngineError(`${name}: expected a positive integer, got ${value}`);
  }
}

/**
 * @throws EngineError when a mean over no layers is asked for
 * @throws NumericError when a parameter of the bias curve is out of range
 */
export function checkLayers(call: string, signals: SignalRequest | undefined): void {
  for (const { signal, request } of askedSignals(signals)) {
    if (signal.reads === "attention") {
      checkPositive(`${call}: signals.${signal.name}.layers`, signal.rows(request).layers);
    }
    signal.check?.(request);
  }
}

/** @throws EngineError when a number of alternatives is not one from 0 to the vocabulary's size */
export function checkedAlternatives(call: string, count: number, vocabSize: number): number {
  if (!(Number.isInteger(count) && count >= 0 && count <= vocabSize)) {
    throw new EngineError(
      `${call}: alternatives: expected a whole number from 0 to ${vocabSize}, got ${count}`,
    );
  }
  return count;
}

/** @throws EngineError when a nucleus has no probability in (0, 1]; 0 where none is asked for */
export function checkedNucleus(mass: number | undefined): number {
  if (mass === undefined) return 0;
  if (!(mass > 0 && mass <= 1)) {
    throw new EngineError(`score: nucleusEntropy: expected a probability in (0, 1], got ${mass}`);
  }
  return mass;
}

/** @throws EngineError when logits divided by a temperature would leave single precision */
export function checkedTemperature(temperature = 1): number {
  if (!isTemperature(temperature)) {
    throw new EngineError(
      `temperature: expected a positive number, at least ${LEAST_TEMPERATURE}, got ${temperature}`,
    );
  }
  return temperature;
}
