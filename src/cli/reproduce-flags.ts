/**
 * @module
 * The flags of `fovea reproduce`.
 */
import { type Command, InvalidArgumentError, Option } from "commander";
import { ConfigError } from "../errors/index.ts";
import type { GivenSettings } from "../recipe/index.ts";
import { several } from "./several.ts";
import { jobsOption, wholeNumber } from "./shared-options.ts";

export interface ReproduceFlags {
  readonly scale: "paper" | "digits";
  readonly all?: boolean;
  readonly list?: boolean;
  readonly plan?: boolean;
  readonly engine?: string;
  readonly benchmarks?: string;
  readonly data: readonly string[];
  readonly set: readonly string[];
  readonly seeds?: readonly number[];
  readonly price?: number;
  readonly jobs: number;
  readonly out: string;
  readonly json?: boolean;
}

function seedList(text: string): number[] {
  const seeds = text.split(",").map((seed) => wholeNumber(seed.trim()));
  const twice = seeds.find((seed, place) => seeds.indexOf(seed) < place);
  if (twice !== undefined) throw new InvalidArgumentError(`expected each seed once, got ${twice} twice`);
  return seeds;
}

function price(text: string): number {
  const value = Number(text);
  if (!(value >= 0) || text.trim() === "") throw new InvalidArgumentError("expected a number from 0");
  return value;
}

/** The settings of the flags. */
export function givenSettings({ engine, benchmarks, set, seeds }: ReproduceFlags): GivenSettings {
  const isUrl = engine?.includes("://") ?? false;
  const settings = {
    ...(engine !== undefined && { engine: isUrl ? { url: engine } : engine }),
    ...(benchmarks !== undefined && { evaluation: { benchmarkData: benchmarks } }),
  };
  return { flags: set, settings, seeds };
}

/**
 * Places of data sets by name.
 *
 * @throws ConfigError when one is not NAME=PATH
 */
export function givenData(data: readonly string[]): Map<string, string> {
  return new Map(
    data.map((text): [string, string] => {
      const equals = text.indexOf("=");
      if (equals < 1 || equals === text.length - 1) {
        throw new ConfigError(`--data: expected NAME=PATH such as "ViRL39K=virl39k.parquet", got "${text}"`);
      }
      return [text.slice(0, equals), text.slice(equals + 1)];
    }),
  );
}

/** Adds the flags. */
export function addReproduceOptions(command: Command): Command {
  return command
    .option("--all", "run every recipe; shared cells run once")
    .addOption(
      new Option(
        "--scale <scale>",
        "paper: the paper's models, data and settings; digits: the same design on the built-in task",
      )
        .choices(["paper", "digits"])
        .default("paper"),
    )
    .option("--plan", "print the runs with iterations, samples, tokens, time and cost, and run nothing")
    .option("--engine <engine>", "engine of every run: local, or the URL of a Tinker server")
    .option("--data <name=path>", "path of a data set of the recipe; may be repeated", several, [])
    .option("--benchmarks <directory>", "directory with the benchmarks' files, as for fovea eval --data")
    .option("--set <key=value>", "one setting of every run, dotted; may be repeated", several, [])
    .option("--seeds <list>", "values of train.seed in place of the recipe's", seedList)
    .option("--price <dollars>", "dollars per million tokens, for --plan", price)
    .addOption(jobsOption())
    .option("--out <path>", "directory of runs and tables; an existing one is continued", "runs/reproduce")
    .option("--json", "one JSON object a line on stdout");
}
