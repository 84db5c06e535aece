/**
 * @module
 * Models that the viewer has opened to look at completions: few at a time, the one used longest ago makes room, and
 * all are closed after a while without use.
 */

import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { type Config, fetchModel, openConfiguredDialogue, openEngine } from "../../config/index.ts";
import { createLocalEngine, type Engine } from "../../engine/index.ts";
import { RunError } from "../../errors/index.ts";
import type { Dialogue } from "../../eval/index.ts";
import { hubSettings, isAdapterDirectory } from "../../model/index.ts";

/** A model with its prompt side. */
export interface LoadedModel {
  readonly engine: Engine;
  readonly dialogue: Dialogue;
}

/** Opens the model of a directory; tests pass one of their own. */
export type LoadModel = (directory: string, config: Config) => Promise<LoadedModel>;

/** An open model, and the state of its files and of its run's configuration then. */
interface Opened {
  readonly version: string;
  readonly model: Promise<LoadedModel>;
}

const MOST = 2;
const IDLE_MS = 10 * 60_000;

/** An adapter, on the model that its run trained it for. */
async function loadAdapter(directory: string, config: Config): Promise<LoadedModel> {
  if (config.engine.kind !== "local") {
    throw new RunError(`${directory}: is an adapter, and its run trained no model on this machine`);
  }
  // A viewer downloads nothing.
  const local = await fetchModel(config, undefined, { settings: { ...hubSettings(), offline: true } });
  const [dialogue, engine] = [await openConfiguredDialogue(local), await openEngine(local)];
  try {
    await engine.load(directory);
  } catch (error) {
    await engine.close();
    throw error;
  }
  return { engine, dialogue };
}

const loadModel: LoadModel = async (directory, config) => {
  if (isAdapterDirectory(directory)) return loadAdapter(directory, config);
  const dialogue = await openConfiguredDialogue({ ...config, model: { kind: "directory", path: directory } });
  const { engine: own } = config;
  const threads = own.kind === "local" && own.threads !== "auto" ? { threads: own.threads } : {};
  const engine = createLocalEngine({ model: directory, ...threads });
  return { engine: await engine, dialogue };
};

/** Opens models lazily and closes them again. */
export class LoadedModels {
  readonly #load: LoadModel;
  readonly #models = new Map<string, Opened>();
  #idle: NodeJS.Timeout | undefined;
  /** Work goes one after another: an engine that is used is not closed. */
  #turn: Promise<unknown> = Promise.resolve();
  /** For good: nothing would close a model that is opened later. */
  #isClosed = false;

  constructor(load: LoadModel = loadModel) {
    this.#load = load;
  }

  /**
   * Does something with the model of a directory, which is opened again where its files or the configuration are others now.
   *
   * @param config of the run that the model belongs to
   * @param signal aborted when nobody waits for it any more
   * @throws RunError when it has not begun before that, or before `close`
   */
  async use<T>(
    directory: string,
    config: Config,
    work: (model: LoadedModel) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T> {
    const requireWanted = () => {
      if (this.#isClosed) throw new RunError(`${directory}: no model is opened, since the viewer is closed`);
      if (signal?.aborted) throw new RunError(`${directory}: nobody waits for this model any more`);
    };
    requireWanted();
    const done = this.#turn.then(async () => {
      requireWanted();
      const model = await this.#open(directory, config);
      requireWanted();
      return work(model);
    });
    this.#turn = done.catch(() => undefined);
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => void this.#closeAll(), IDLE_MS);
    this.#idle.unref();
    return done;
  }

  async #open(directory: string, config: Config): Promise<LoadedModel> {
    const version = `${await filesVersion(directory)} ${JSON.stringify(config)}`;
    const before = this.#models.get(directory);
    if (before !== undefined && before.version !== version) await this.#close(directory);
    const opened = this.#models.get(directory) ?? { version, model: this.#load(directory, config) };
    this.#models.delete(directory);
    this.#models.set(directory, opened);
    opened.model.catch(() => this.#models.delete(directory));
    const [oldest] = this.#models.keys();
    if (oldest !== undefined && this.#models.size > MOST) await this.#close(oldest);
    return opened.model;
  }

  async #close(directory: string): Promise<void> {
    const opened = this.#models.get(directory);
    this.#models.delete(directory);
    await opened?.model.then(
      ({ engine }) => engine.close(),
      () => undefined,
    );
  }

  async #closeAll(): Promise<void> {
    this.#turn = this.#turn.then(async () => {
      for (const directory of [...this.#models.keys()]) await this.#close(directory);
    });
    await this.#turn;
  }

  /** Closes all, after the work that has begun; other work, also later, fails. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#idle);
    await this.#closeAll();
  }
}

const byCode = (a: string, b: string) => (a < b ? -1 : 1);

/** Changes with the files of a directory: their names, sizes and times. */
async function filesVersion(directory: string): Promise<string> {
  const names: string[] = await readdir(directory).catch(() => []);
  const states = names.sort(byCode).map(async (name) => {
    const { ino, size, mtimeMs } = await stat(join(directory, name));
    return `${name} ${ino}-${size}-${mtimeMs}`;
  });
  return (await Promise.all(states)).join(" ");
}
