/**
 * @module
 * A model that a command is given by name: a run directory, a model directory, the directory of a run's adapter, or a
 * model of the hub.
 */
import { dirname, resolve } from "node:path";
import { atRecordedCommit, type Config, recordedContent } from "../config/index.ts";
import type { Engine } from "../engine/index.ts";
import { ConfigError } from "../errors/index.ts";
import { shellWord } from "../files/index.ts";
import { isAdapterDirectory } from "../model/index.ts";
import type { Settings } from "../parts/index.ts";
import { RunDirectory } from "../train/index.ts";
import { isRunDirectory } from "./recorded-input.ts";
import { newestWeights } from "./trained-model.ts";

/** A model as a configuration, and the adapter to load into its engine. */
export interface NamedModel {
  /** The run directory of the model, if it has one. */
  readonly run?: string;
  /** The configuration of its run, if it has one, with `model`. */
  readonly settings: Settings;
  /** The directory of the model's adapter. */
  readonly adapter?: string;
}

/** The run directory at a path, or the one that contains the model or checkpoint at the path. */
function runOf(path: string): string | undefined {
  return [path, dirname(resolve(path)), dirname(dirname(resolve(path)))].find(isRunDirectory);
}

/**
 * The model with a name; for a run, its newest weights.
 *
 * @throws RunError when a run has no weights yet
 * @throws ConfigError when it is an adapter outside a run directory, so that its base model is unknown
 */
export function namedModel(name: string): NamedModel {
  const run = runOf(name);
  const weights = run === name ? newestWeights(name) : name;
  const recorded = run === undefined ? {} : (RunDirectory.open(run).record.config as Settings);
  const own = run === undefined ? {} : { run };
  if (!isAdapterDirectory(weights)) return { ...own, settings: { ...recorded, model: weights } };
  if (run === undefined) {
    throw new ConfigError(
      `${name}: is an adapter outside a run directory, so its base model is unknown; merge it: fovea export MODEL DIRECTORY --adapter ${shellWord(name)}`,
    );
  }
  // The adapter belongs to the commit that the run fetched.
  const based = atRecordedCommit(recorded as Config, recordedContent(run)?.commit);
  return { ...own, settings: based as Settings, adapter: weights };
}

/**
 * Refuses `--set model=…` beside a model that an argument names.
 *
 * @throws ConfigError
 */
export function refuseModelSetting(set: readonly string[]): void {
  const found = set.find((flag) => /^model[.=]/.test(flag.trim()));
  if (found !== undefined)
    throw new ConfigError(`--set ${found}: the model is the one that the argument names`);
}

/** Loads the adapter of a named model, if it has one, into the engine of its settings. */
export async function loadAdapter(engine: Engine, { adapter }: NamedModel): Promise<void> {
  if (adapter !== undefined) await engine.load(adapter);
}
