/**
 * @module
 * Weights on the server's disk: checkpoints that clients name, and the weights of sampling sessions whose model has
 * moved on. A name is never used as a path before it was checked.
 */
import { existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Engine } from "../engine/index.ts";
import { clearLeftovers, replaceDirectory } from "../train/index.ts";
import type { ModelHost } from "./model-host.ts";
import { Refusal } from "./refusal.ts";
import type { LoraRequest } from "./served-model.ts";
import type { StateDatabase } from "./state-database.ts";

/** Weights that a client has named. */
export interface Checkpoint {
  /** tinker://model/folder/name */
  readonly path: string;
  readonly type: "training" | "sampler";
  readonly model: string;
  readonly baseModel: string;
  readonly rank: number;
  readonly lora: LoraRequest | undefined;
  readonly directory: string;
  readonly at: string;
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;

/** A model's id as the name of a directory, on every file system. */
function folderOf(model: string): string {
  return model.replaceAll(":", "-");
}

/** The directories in a directory; none where it is missing. */
function foldersIn(directory: string): string[] {
  if (!existsSync(directory)) return [];
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => join(directory, name));
}

/** Fills a directory that is there whole or not at all. */
async function write(directory: string, fill: (fresh: string) => Promise<void>): Promise<void> {
  mkdirSync(dirname(directory), { recursive: true });
  await replaceDirectory(directory, fill);
}

export class Checkpoints {
  readonly #root: string;
  readonly #database: StateDatabase;

  constructor(root: string, database: StateDatabase) {
    this.#root = root;
    this.#database = database;
  }

  #directory(path: string): string {
    return join(this.#root, "checkpoints", ...path.slice("tinker://".length).split("/").map(folderOf));
  }

  #of(row: unknown): Checkpoint {
    const {
      base_model: baseModel,
      lora,
      ...rest
    } = row as Omit<Checkpoint, "baseModel" | "lora" | "directory"> & {
      readonly base_model: string;
      readonly lora: string | null;
    };
    return {
      ...rest,
      baseModel,
      lora: lora === null ? undefined : (JSON.parse(lora) as LoraRequest),
      directory: this.#directory(rest.path),
    };
  }

  all(): Checkpoint[] {
    return this.#database.rows("SELECT * FROM checkpoints ORDER BY rowid").map((row) => this.#of(row));
  }

  #has(path: string): boolean {
    return this.#database.rows("SELECT 1 FROM checkpoints WHERE path = ?", path).length > 0;
  }

  /** @throws Refusal when there is none */
  find(path: string): Checkpoint {
    const [row] = this.#database.rows("SELECT * FROM checkpoints WHERE path = ?", path);
    if (row === undefined) throw new Refusal("unknown-checkpoint", `no checkpoint ${path}`);
    return this.#of(row);
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
    const isKnown = this.#has(path);
    if (isKnown && !overwrite) {
      throw new Refusal("bad-request", `path: ${path} is there already; overwrite: true replaces it`);
    }
    await write(this.#directory(path), (fresh) =>
      host.engine.save(fresh, { optimizer: type === "training" }),
    );
    try {
      this.#database.run(
        `INSERT OR REPLACE INTO checkpoints (path, type, model, base_model, rank, lora, at)
         VALUES (?, ?, ?, ?, ?, ?, ?)`,
        path,
        type,
        host.id,
        host.served.name,
        host.rank,
        host.lora === undefined ? null : JSON.stringify(host.lora),
        new Date().toISOString(),
      );
    } catch (error) {
      if (!isKnown) rmSync(this.#directory(path), { recursive: true, force: true });
      throw error;
    }
    return path;
  }

  /** @throws Refusal when there is none */
  delete(path: string): void {
    const { directory } = this.find(path);
    this.#database.run("DELETE FROM checkpoints WHERE path = ?", path);
    rmSync(directory, { recursive: true, force: true });
  }

  /** The directory of a model's weights of a version, kept for sessions that still sample from them. */
  snapshotDirectory(model: string, version: number): string {
    return join(this.#root, "snapshots", folderOf(model), String(version));
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

  /** Undoes saves that a crash cut short: before directories are looked for, when a server starts. */
  recover(): void {
    const of = (name: string) => join(this.#root, name);
    const saved = foldersIn(of("checkpoints")).flatMap(foldersIn);
    for (const folder of [...saved, ...foldersIn(of("snapshots")), of("rested")]) clearLeftovers(folder);
    rmSync(of("bare"), { recursive: true, force: true });
  }

  /**
   * Forgets checkpoints whose directories are gone, and removes files of ended models and suspended copies of resumed
   * models.
   *
   * @param live ids of open models
   * @param waiting ids of models that stay suspended
   */
  sweep(live: readonly string[], waiting: readonly string[]): void {
    for (const { path, directory } of this.all()) {
      if (!existsSync(directory)) this.#database.note("DELETE FROM checkpoints WHERE path = ?", path);
    }
    const suspended = new Set(waiting.map(folderOf));
    const rested = join(this.#root, "rested");
    for (const folder of existsSync(rested) ? readdirSync(rested) : []) {
      if (!suspended.has(folder)) rmSync(join(rested, folder), { recursive: true, force: true });
    }
    if (suspended.size === 0) rmSync(rested, { recursive: true, force: true });
    const folders = new Set([...live, ...waiting].map(folderOf));
    const snapshots = join(this.#root, "snapshots");
    for (const model of existsSync(snapshots) ? readdirSync(snapshots) : []) {
      if (!folders.has(model)) this.dropSnapshots(model);
    }
  }

  /** Forgets the optimiser's state that a model was loaded with. */
  async reloadBare({ id, engine }: Pick<ModelHost, "id" | "engine">): Promise<void> {
    const directory = join(this.#root, "bare", folderOf(id));
    try {
      await write(directory, (fresh) => engine.save(fresh, { optimizer: false }));
      await engine.load(directory);
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  }

  /** Suspends a model with its whole state, to be resumed after a restart. */
  async suspend(host: ModelHost): Promise<void> {
    await write(this.suspendedDirectory(host.id), (fresh) => host.engine.save(fresh));
  }

  /** Removes the files of a suspended model that is not resumed. */
  dropSuspended(model: string): void {
    rmSync(this.suspendedDirectory(model), { recursive: true, force: true });
    this.dropSnapshots(model);
  }

  /** The directory of a suspended model. */
  suspendedDirectory(model: string): string {
    return join(this.#root, "rested", folderOf(model));
  }
}
