/**
 * @module
 * The files of a configuration's model, since its name alone may come to mean other files: a moving revision of the hub, a
 * directory that is written again. A run records them, and a resumed run continues with the same revision.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { weightsHash } from "../../eval/index.ts";
import type { Config } from "../schema.ts";

/** The content of a model, as environment.json has it. */
export interface ModelContent {
  /** Commit of a model of the hub. */
  readonly commit?: string;
  /** Hash of the files of its directory, of large files by samples. */
  readonly hash: string;
}

/** A snapshot in the cache of the hub, by its commit. */
const SNAPSHOT = /[\\/]snapshots[\\/]([0-9a-f]{40})$/;

/**
 * The content of a local model; undefined of the built-in one, which the package's version identifies.
 *
 * @throws ModelError when its directory cannot be read
 */
export function modelContent({ model }: Pick<Config, "model">): ModelContent | undefined {
  const path = model.kind === "small" ? model.assets : model.kind === "directory" ? model.path : undefined;
  if (path === undefined) return undefined;
  const [, commit] = SNAPSHOT.exec(path) ?? [];
  return { ...(commit !== undefined && { commit }), hash: weightsHash(path) };
}

/** The content that a run recorded when it began; undefined where it recorded none. */
export function recordedContent(runDirectory: string): Partial<ModelContent> | undefined {
  try {
    const text = readFileSync(join(runDirectory, "environment.json"), "utf8");
    return (JSON.parse(text) as { model?: Partial<ModelContent> }).model;
  } catch {
    return undefined;
  }
}

/** The configuration with its model of the hub at the commit that a run recorded. */
export function atRecordedCommit(config: Config, recorded: Partial<ModelContent> | undefined): Config {
  const { model } = config;
  if (model.kind !== "hub" || recorded?.commit === undefined) return config;
  return { ...config, model: { ...model, revision: recorded.commit } };
}

/** Said where a run is resumed with other files; undefined where they are the same, or none were recorded. */
export function contentWarning(
  recorded: Partial<ModelContent> | undefined,
  now: ModelContent | undefined,
): string | undefined {
  if (recorded?.hash === undefined || recorded.hash === now?.hash) return undefined;
  return (
    `model: its files have changed since the run began (hash ${recorded.hash}, now ${now?.hash ?? "none"}): what the checkpoint ` +
    "does not have, such as the weights under adapters, comes from the new ones"
  );
}
