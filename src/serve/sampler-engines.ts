/**
 * @module
 * Engines with the weights that sampling sessions sample from. A session of a model samples from the weights
 * that the model had at the session's start. Until the next step these are in the model itself; afterwards they are
 * in a copy that is written just before that step. Copies of the newest sessions are kept. Base weights and
 * checkpoints have separate engines.
 */
import { existsSync } from "node:fs";
import { type Engine, wire } from "../engine/index.ts";
import type { Checkpoints } from "./checkpoints.ts";
import type { ModelHost } from "./model-host.ts";
import { PromptPool } from "./prompt-pool.ts";
import { hasEngineEnded, Refusal } from "./refusal.ts";
import type { Sampler, SamplerSource } from "./samplers.ts";
import type { LoraRequest } from "./served-model.ts";

/** Engines of that kind that are kept open. */
const MOST_STAND_INS = 2;

/** An engine for weights that no live model has. */
interface StandIn {
  readonly engine: Engine;
  /** Directory and time of its weights; "" for the base weights. */
  loaded: string;
}

export interface SamplerEnginesOptions {
  readonly host: (model: string) => ModelHost | undefined;
  readonly checkpoints: Checkpoints;
}

export class SamplerEngines {
  readonly #options: SamplerEnginesOptions;
  readonly #standIns = new Map<string, StandIn>();
  readonly #pools = new Map<string, PromptPool>();
  /** Versions of each model that a session samples from. */
  readonly #wanted = new Map<string, Set<number>>();
  #tail: Promise<unknown> = Promise.resolve();

  constructor(options: SamplerEnginesOptions) {
    this.#options = options;
  }

  /** Notes that a session wants a model's present weights. */
  want(model: string, version: number): void {
    const versions = this.#wanted.get(model) ?? new Set();
    versions.add(version);
    this.#wanted.set(model, versions);
  }

  /** Before a step: keeps a copy of weights that a session samples from. */
  async beforeStep(host: ModelHost): Promise<void> {
    const { checkpoints } = this.#options;
    const versions = this.#wanted.get(host.id);
    if (versions?.has(host.version) !== true) return;
    await checkpoints.writeSnapshot(host.engine, host.id, host.version);
    for (const old of [...versions].sort((a, b) => a - b).slice(0, -wire.KEPT_SNAPSHOTS)) {
      versions.delete(old);
      checkpoints.dropSnapshots(host.id, old);
    }
  }

  forget(model: string): void {
    this.#wanted.delete(model);
    this.#options.checkpoints.dropSnapshots(model);
  }

  /** Prompts as the engine of a session knows them. */
  poolOf(sampler: Sampler): PromptPool {
    const host = this.#liveHost(sampler);
    if (host !== undefined) return host.pool;
    const { name } = sampler.served;
    const pool = this.#pools.get(name) ?? new PromptPool(sampler.served);
    this.#pools.set(name, pool);
    return pool;
  }

  /** Does work on an engine with a session's weights, after all work on it that was asked for before. */
  async run<T>(sampler: Sampler, work: (engine: Engine) => Promise<T>): Promise<T> {
    const host = this.#liveHost(sampler);
    if (host !== undefined) {
      const { outcome } = await host.enqueue(async () => {
        if (this.#liveHost(sampler) === host) return { outcome: await work(host.engine) };
        // A promise within: where that engine breaks, the host's has not.
        const outcome = this.#onStandIn(sampler, work);
        await outcome.catch(() => {});
        return { outcome };
      });
      return outcome;
    }
    return this.#onStandIn(sampler, work);
  }

  /** The model itself, while it still has the weights that the session samples from. */
  #liveHost({ source }: Sampler): ModelHost | undefined {
    if (source.kind !== "model") return undefined;
    const host = this.#options.host(source.model);
    return host?.version === source.version ? host : undefined;
  }

  #onStandIn<T>(sampler: Sampler, work: (engine: Engine) => Promise<T>): Promise<T> {
    const run = async () => {
      const engine = await this.#standIn(sampler);
      try {
        return await work(engine);
      } catch (error) {
        // Its thread may be gone, after which every call fails.
        if (hasEngineEnded(error)) await this.#dropEngine(engine);
        throw error;
      }
    };
    const result = this.#tail.then(run, run);
    this.#tail = result.catch(() => {});
    return result;
  }

  /** Where a session's weights lie, and the adapters that they are; the base weights lie nowhere. */
  #weightsOf(source: SamplerSource): {
    readonly directory: string;
    readonly at?: string;
    readonly lora?: LoraRequest | undefined;
  } {
    const { checkpoints } = this.#options;
    switch (source.kind) {
      case "base":
        return { directory: "" };
      case "checkpoint":
        return checkpoints.find(source.path);
      case "model": {
        const { model, version, lora } = source;
        return { directory: checkpoints.snapshotDirectory(model, version), lora };
      }
    }
  }

  /** An engine with a session's weights, one model and kind of adapter each; the most recently used are kept. */
  async #standIn({ served, source }: Sampler): Promise<Engine> {
    const { directory, lora, at = "" } = this.#weightsOf(source);
    const name = directory === "" ? "" : `${directory} ${at}`;
    // Loading overwrites the numbers that a seed gave, so that adapters of one shape share an engine.
    const shape = lora && { rank: lora.rank, modules: lora.modules };
    const kind = `${served.name} ${JSON.stringify(shape ?? null)}`;
    const known = this.#standIns.get(kind);
    if (known !== undefined && directory === "" && known.loaded !== "") await this.#drop(kind);
    const standIn = this.#standIns.get(kind) ?? {
      engine: await served.open({ lora, valueHead: false }),
      loaded: "",
    };
    this.#standIns.delete(kind);
    this.#standIns.set(kind, standIn);
    const [oldest] = this.#standIns.keys();
    if (this.#standIns.size > MOST_STAND_INS) await this.#drop(oldest!);
    if (standIn.loaded !== name) {
      if (source.kind === "model" && !existsSync(directory)) {
        throw new Refusal(
          "unknown-sampling-session",
          `the weights of this sampling session are gone: only the newest ${wire.KEPT_SNAPSHOTS} sessions keep theirs`,
        );
      }
      // An engine whose weights are half replaced serves nobody.
      await standIn.engine.load(directory).catch(async (error: unknown) => {
        await this.#drop(kind);
        throw error;
      });
      standIn.loaded = name;
    }
    return standIn.engine;
  }

  /** Closes an engine; the next request for its weights opens another. */
  async #drop(kind: string): Promise<void> {
    const standIn = this.#standIns.get(kind);
    this.#standIns.delete(kind);
    await standIn?.engine.close();
  }

  async #dropEngine(engine: Engine): Promise<void> {
    for (const [kind, standIn] of this.#standIns) if (standIn.engine === engine) await this.#drop(kind);
  }

  async close(): Promise<void> {
    for (const { engine } of this.#standIns.values()) await engine.close();
  }
}
