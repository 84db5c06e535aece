/**
 * @module
 * The flags that commands share, and the configuration that they define.
 */
import { randomBytes } from "node:crypto";
import { type Command, InvalidArgumentError, Option } from "commander";
import { type Config, findPreset, readConfigFile, resolveConfig } from "../config/index.ts";
import { ConfigError } from "../errors/index.ts";
import type { Settings } from "../parts/index.ts";
import { RunDirectory } from "../train/index.ts";
import { several } from "./several.ts";

/** The values of the shared flags. */
export interface SharedOptions {
  readonly preset?: string;
  readonly set: readonly string[];
  readonly runDir?: string;
  readonly resume?: boolean;
  readonly acceptModules?: boolean;
  readonly dryRun?: boolean;
  /** Only for `fovea train`. */
  readonly try?: boolean;
  readonly json?: boolean;
  readonly seed?: number;
}

/** Reads a flag's value as a whole number. */
export function wholeNumber(text: string): number {
  return wholeNumberFrom(0, text);
}

/** Reads a flag's value as a count. */
export function countNumber(text: string): number {
  return wholeNumberFrom(1, text);
}

function wholeNumberFrom(least: number, text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < least || text.trim() === "") {
    throw new InvalidArgumentError(`expected a whole number from ${least}`);
  }
  return value;
}

/** The flag that bounds how many cells run at the same time. */
export function jobsOption(): Option {
  return new Option("--jobs <n>", "cells that run at the same time; each needs its own cores and memory")
    .argParser(countNumber)
    .default(1);
}

/** Reads a flag's value as a port. */
export function portNumber(text: string): number {
  const value = Number(text);
  if (!(Number.isInteger(value) && value >= 0 && value <= 65_535) || text.trim() === "") {
    throw new InvalidArgumentError("expected a port: a whole number from 0 to 65535");
  }
  return value;
}

/**
 * Adds the flags that describe a configuration, and `--json`.
 *
 * @param seed what `--seed` sets
 */
export function addConfigOptions(command: Command, seed = "short for --set train.seed=n"): Command {
  return command
    .argument("[config]", "configuration file, YAML or JSON")
    .option("--preset <name>", "named settings to start from")
    .option(
      "--set <key=value>",
      "one setting, dotted, such as train.iterations=3; may be repeated",
      several,
      [],
    )
    .option("--seed <n>", seed, wholeNumber)
    .option("--dry-run", "print the resolved configuration and exit")
    .option("--json", "one JSON object a line on stdout");
}

/** Adds the flags of commands that write a run directory. */
export function addRunOptions(command: Command): Command {
  return command
    .option("--run-dir <path>", "directory of the run; default: runs/<command>-<time>")
    .option("--resume", "resume the run in --run-dir from its newest checkpoint")
    .option("--accept-modules", "with --resume: continue even if user modules have changed");
}

/**
 * The configuration of file and flags.
 *
 * @param base settings below preset, file and flags
 * @param extra settings of other flags
 * @throws ConfigError
 */
export async function configFrom(
  file: string | undefined,
  options: SharedOptions,
  { base = {}, extra = {} }: { readonly base?: Settings; readonly extra?: Settings } = {},
): Promise<Config> {
  const seed = options.seed === undefined ? [] : [`train.seed=${options.seed}`];
  return resolveConfig({
    base,
    preset: options.preset === undefined ? undefined : (findPreset(options.preset).settings as Settings),
    file: file === undefined ? undefined : await readConfigFile(file),
    flags: [...options.set, ...seed],
    overrides: extra,
  });
}

/**
 * The configuration of a run: of file and flags; when resuming without a file and a preset, of the run directory with the
 * flags on top.
 *
 * @throws ConfigError, RunError
 */
export async function runConfig(file: string | undefined, options: SharedOptions): Promise<Config> {
  if (options.resume !== true) return configFrom(file, options);
  if (options.runDir === undefined) throw new ConfigError("--resume: expected --run-dir too");
  if (file !== undefined || options.preset !== undefined) return configFrom(file, options);
  return configFrom(undefined, options, { base: RunDirectory.open(options.runDir).record.config });
}

/** The run directory of the flag, or a new name under runs/, which no other process chooses in the same second. */
export function runDirectoryFor(command: string, options: SharedOptions, now: Date = new Date()): string {
  const stamp = now.toISOString().slice(0, 19).replaceAll(/[-:]/g, "").replace("T", "-");
  return options.runDir ?? `runs/${command}-${stamp}-${randomBytes(3).toString("hex")}`;
}

/** The resolved configuration as text for `--dry-run`. */
export function dryRunText(config: Config, isJson: boolean): string {
  return `${isJson ? JSON.stringify(config) : JSON.stringify(config, null, 2)}\n`;
}
