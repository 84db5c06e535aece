/**
 * @module
 * Opens the engine on this machine: a model in one thread, or replicas of it in several.
 */
import { EngineError } from "../../errors/index.ts";
import { shownValue } from "../../parts/index.ts";
import type { Engine } from "../engine.ts";
import { LocalEngine } from "./local-engine.ts";
import { checkPositive, type LocalEngineOptions, type ReplicaOptions } from "./local-options.ts";
import { machineMemory } from "./memory/machine-memory.ts";
import { ReplicatedEngine } from "./replicated-engine.ts";

/**
 * Opens a model.
 *
 * @throws ModelError when its directory cannot be read
 * @throws EngineError when there are more replicas than threads, or replicas of a model that stays in its file or
 * computes on a graphics adapter. Also when rollouts in 8 bits do not apply, the weights do not fit into memory, or the
 * device cannot be used.
 */
export async function createLocalEngine(options: LocalEngineOptions): Promise<Engine> {
  const parts = replicaOptions(options).map((part) => new LocalEngine(part));
  const engine = parts.length === 1 ? parts[0]! : new ReplicatedEngine(parts);
  try {
    await engine.ready();
  } catch (error) {
    await engine.close();
    throw error;
  }
  return engine;
}

/** The options of each replica: its share of the threads, and of the tokens computed at once. */
function replicaOptions(options: LocalEngineOptions): ReplicaOptions[] {
  if (typeof options !== "object" || options === null || options.model === undefined) {
    throw new EngineError(`options: expected an object with model, got ${shownValue(options)}`);
  }
  const {
    replicas = 1,
    threads = 2,
    maxTokens = 2048,
    stream = false,
    memory,
    device = "cpu",
    rollouts = "fp32",
  } = options;
  checkPositive("replicas", replicas);
  checkPositive("threads", threads);
  checkPositive("maxTokens", maxTokens);
  if (replicas > threads) {
    throw new EngineError(
      `replicas: expected at most ${threads}, a thread for each, got ${replicas}; threads says how many there are`,
    );
  }
  if (stream && replicas > 1) {
    throw new EngineError(
      `replicas: expected 1 with stream, whose weights stay in their file, got ${replicas}`,
    );
  }
  if (device !== "cpu" && replicas > 1) {
    throw new EngineError(
      `replicas: expected 1 on device ${device}, which computes on its own, got ${replicas}`,
    );
  }
  if (device !== "cpu" && rollouts !== "fp32") {
    throw new EngineError(`rollouts: expected fp32 on device ${device}, got ${rollouts}`);
  }
  if (stream && rollouts !== "fp32") {
    throw new EngineError(`rollouts: expected fp32 with stream, which can only score, got ${rollouts}`);
  }
  const part = {
    threads: Math.floor(threads / replicas),
    maxTokens: Math.ceil(maxTokens / replicas),
    machine: machineMemory(memory),
  };
  return Array.from({ length: replicas }, () => ({ ...options, ...part }));
}
