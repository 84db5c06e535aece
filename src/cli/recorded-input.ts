/**
 * @module
 * Recorded completions as a command's input, from a run directory or a file.
 */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Split } from "../data/index.ts";
import { ConfigError, DataError } from "../errors/index.ts";
import type { Settings } from "../parts/index.ts";
import { RunDirectory } from "../train/index.ts";

/** A command's flags for recorded completions. */
export interface RecordedFlags {
  readonly completions?: string;
  readonly data?: string;
  readonly split?: Split;
}

/** The problems of recorded completions. */
export interface RecordedProblems {
  /** The data part of a configuration. */
  readonly data: string | Settings;
  readonly split: Split;
  /** Whether no other split has these problems. */
  readonly isSplitFixed: boolean;
}

/** Whether a path is a run directory. */
export function isRunDirectory(path: string): boolean {
  return existsSync(join(path, "environment.json"));
}

function rolloutFiles(run: string): string[] {
  const folder = join(run, "rollouts");
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".jsonl")) : [];
  if (names.length === 0) {
    throw new DataError(`${folder}: expected rollouts of at least one iteration, got none`);
  }
  return names.sort().map((name) => join(folder, name));
}

const dataOf = (run: string) => (RunDirectory.open(run).record.config as Settings)["data"] as Settings;

/**
 * The JSON-lines files of recorded completions, in order: `--completions`, else the rollouts of the run directory that is
 * the model.
 *
 * @param model a run directory, or any other model
 * @throws ConfigError when no place of completions is given
 * @throws DataError when a run has no rollouts
 */
export function recordedFiles(model: string, { completions = model }: RecordedFlags): readonly string[] {
  if (isRunDirectory(completions)) return rolloutFiles(completions);
  if (completions === model) {
    throw new ConfigError(
      `--completions: expected a file or a run directory, since ${model} is not a run directory`,
    );
  }
  return [completions];
}

/**
 * The problems of recorded completions, from `--data`, else from the run's data. Rollouts answer problems of the
 * training split.
 *
 * @throws ConfigError when no place of problems is given
 */
export function recordedProblems(
  model: string,
  { completions = model, data, split }: RecordedFlags,
): RecordedProblems {
  const areRollouts = isRunDirectory(completions);
  if (areRollouts && split !== undefined && split !== "train") {
    throw new ConfigError(`--split ${split}: rollouts of a run answer problems of its split train`);
  }
  const run = [completions, model].find(isRunDirectory);
  if (data === undefined && run === undefined) {
    throw new ConfigError(
      `--data: expected the problems of ${completions}, since ${model} is not a run directory`,
    );
  }
  return {
    data: data ?? dataOf(run!),
    split: areRollouts ? "train" : (split ?? "test"),
    isSplitFixed: areRollouts,
  };
}
