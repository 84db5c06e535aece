/**
 * @module
 * A model that a command is given by name: a run directory, a model directory, the directory of a run's adapter, or a
 * model of the hub.
 */
import { dirname, resolve } from "node:path";
import type { Engine } from "../engine/index.ts";
import { ConfigError } from "../errors/index.ts";
import { isAdapterDirectory } from "../model/index.ts";
import type { Settings } from "../parts/index.ts";
import { RunDirectory } from "../train/index.ts";
import { isRunDirectory } from "./recorded-input.ts";
import { newestWeights } from "./trained-model.ts";

/** A model as a configuration, and an adapter that is loaded into its engine. */
export interface NamedModel {
  /** The run directory that the model is of, if it is of one. */
  readonly run?: string;
  /** The configuration of its run, if it is of one, with `model`. */
  readonly settings: Settings;
  /** The directory of an adapter upon the model. */
  readonly adapter?: string;
}

/** The run directory that a path is, or that its model or checkpoint belongs to. */
function runOf(path: string): string | undefined {
  return [path, dirname(resolve(path)), dirname(dirname(resolve(path)))].find(isRunDirectory);
}

/**
 * The model of a name; of a run its newest weights.
 *
 * @throws RunError when a run has no weights yet
 * @throws ConfigError when it is an adapter, and no run says of which model
 */
export function namedModel(name: string): NamedModel {
  const run = runOf(name);
  const weights = run === name ? newestWeights(name) : name;
  const recorded = run === undefined ? {} : (RunDirectory.open(run).record.config as Settings);
  const own = run === undefined ? {} : { run };
  if (!isAdapterDirectory(weights)) return { ...own, settings: { ...recorded, model: weights } };
  if (run === undefined) {
    throw new ConfigError(
      `${name}: is an adapter, and not in the directory of a run that says of which model; merge it: fovea export MODEL DIRECTORY --adapter ${name}`,
    );
  }
  return { ...own, settings: recorded, adapter: weights };
}

/** Loads the adapter of a named model, if it has one, into the engine of its settings. */
export async function loadAdapter(engine: Engine, { adapter }: NamedModel): Promise<void> {
  if (adapter !== undefined) await engine.load(adapter);
}
