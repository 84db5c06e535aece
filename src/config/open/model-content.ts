/**
 * @module
 * The files of a configuration's model, since its name alone may come to mean other files: a moving revision of the hub, a
 * directory that is written again. A run records them, and a resumed run continues with the same revision.
 */
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { ModelError } from "../../errors/index.ts";
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

const directoryHashes = new Map<string, string>();

/**
 * Hash of the files of a model directory, read once in a process, so that all that is named by it keeps its name while the
 * process runs; undefined while the directory cannot be read.
 */
export function directoryHash(path: string): string | undefined {
  const place = resolve(path);
  const known = directoryHashes.get(place);
  if (known !== undefined) return known;
  try {
    const hash = weightsHash(place);
    directoryHashes.set(place, hash);
    return hash;
  } catch (error) {
    if (error instanceof ModelError) return undefined;
    throw error;
  }
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
export function atRecordedCommit<C extends Pick<Config, "model">>(config: C, commit: string | undefined): C {
  const { model } = config;
  if (model.kind !== "hub" || commit === undefined) return config;
  return { ...config, model: { ...model, revision: commit } };
}

/**
 * A configuration that looks at a run, with the run's model of the hub at the commit that it recorded; left alone where it names
 * another model or revision than the run.
 *
 * @param ran the run's own configuration
 */
export function atRunCommit<C extends Pick<Config, "model">>(
  config: C,
  runDirectory: string,
  ran: Pick<Config, "model">,
): C {
  if (!isDeepStrictEqual(config.model, ran.model)) return config;
  return atRecordedCommit(config, recordedContent(runDirectory)?.commit);
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
