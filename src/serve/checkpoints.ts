/**
 * @module
 * Weights on the server's disk: checkpoints that clients name, and the weights of sampling sessions whose model has
 * moved on. A name is never used as a path before it was checked.
 */
import { existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Engine } from "../engine/index.ts";
import { replaceDirectory } from "../train/index.ts";
import type { EntryOf, Journal } from "./journal.ts";
import type { ModelHost } from "./model-host.ts";
import { Refusal } from "./refusal.ts";

export type Checkpoint = EntryOf<"checkpoint">;

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;

/** Fills a directory that is there whole or not at all. */
async function write(directory: string, fill: (fresh: string) => Promise<void>): Promise<void> {
  mkdirSync(dirname(directory), { recursive: true });
  await replaceDirectory(directory, fill);
}

export class Checkpoints {
  readonly #root: string;
  readonly #journal: Journal;
  readonly #byPath = new Map<string, Checkpoint>();

  constructor(root: string, journal: Journal, known: readonly Checkpoint[]) {
    this.#root = root;
    this.#journal = journal;
    for (const checkpoint of known) {
      if (existsSync(checkpoint.directory)) this.#byPath.set(checkpoint.path, checkpoint);
    }
  }

  all(): Checkpoint[] {
    return [...this.#byPath.values()];
  }

  /** @throws Refusal when there is none */
  find(path: string): Checkpoint {
    const found = this.#byPath.get(path);
    if (found === undefined) throw new Refusal("unknown-checkpoint", `no checkpoint ${path}`);
    return found;
  }

  /**
   * Saves a model under a name.
   *
   * @returns its path, tinker://…
   * @throws Refusal when the name cannot be one, or is taken
   * @throws RunError when the disk is full; nothing half-written stays
   */
  async save(host: ModelHost, type: Checkpoint["type"], name: string, overwrite: boolean): Promise<string> {
    if (!NAME.test(name)) {
      throw new Refusal("bad-request", `path: expected letters, digits, ".", "_" and "-", got "${name}"`);
    }
    const folder = type === "training" ? "weights" : "sampler_weights";
    const path = `tinker://${host.id}/${folder}/${name}`;
    if (this.#byPath.has(path) && !overwrite) {
      throw new Refusal("bad-request", `path: ${path} is there already; overwrite: true replaces it`);
    }
    const directory = join(this.#root, "checkpoints", host.id, folder, name);
    await write(directory, (fresh) => host.engine.save(fresh, { optimizer: type === "training" }));
    const entry: Checkpoint = {
      kind: "checkpoint",
      path,
      type,
      model: host.id,
      baseModel: host.served.name,
      rank: host.rank,
      lora: host.lora,
      directory,
      at: new Date().toISOString(),
    };
    this.#journal.add(entry);
    this.#byPath.set(path, entry);
    return path;
  }

  /** @throws Refusal when there is none */
  delete(path: string): void {
    const { directory } = this.find(path);
    this.#journal.add({ kind: "checkpoint-end", path });
    this.#byPath.delete(path);
    rmSync(directory, { recursive: true, force: true });
  }

  /** Where a model's weights of a version are kept for those who still sample from them. */
  snapshotDirectory(model: string, version: number): string {
    return join(this.#root, "snapshots", model, String(version));
  }

  async writeSnapshot(engine: Engine, model: string, version: number): Promise<void> {
    await write(this.snapshotDirectory(model, version), (fresh) => engine.save(fresh, { optimizer: false }));
  }

  dropSnapshots(model: string, version?: number): void {
    const directory =
      version === undefined
        ? dirname(this.snapshotDirectory(model, 0))
        : this.snapshotDirectory(model, version);
    rmSync(directory, { recursive: true, force: true });
  }

  /** Removes what models that are no more have left, and copies of those that were taken up. */
  sweep(live: ReadonlySet<string>): void {
    rmSync(join(this.#root, "rested"), { recursive: true, force: true });
    const snapshots = join(this.#root, "snapshots");
    for (const model of existsSync(snapshots) ? readdirSync(snapshots) : []) {
      if (!live.has(model)) this.dropSnapshots(model);
    }
  }

  /** Forgets the optimiser's state that a model was loaded with. */
  async reloadBare(host: ModelHost): Promise<void> {
    const directory = join(this.#root, "bare", host.id);
    await write(directory, (fresh) => host.engine.save(fresh, { optimizer: false }));
    await host.engine.load(directory);
    rmSync(directory, { recursive: true, force: true });
  }

  /** Puts a model down whole, to be taken up after a restart. */
  async rest(host: ModelHost): Promise<string> {
    const directory = join(this.#root, "rested", host.id);
    await write(directory, (fresh) => host.engine.save(fresh));
    return directory;
  }
}
