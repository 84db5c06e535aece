/**
 * @module
 * `fovea diagnose`: how a model's attention relates to what its tokens do and whether they are right.
 */
import { existsSync } from "node:fs";
import { basename, join, normalize } from "node:path";
import { type Command, InvalidArgumentError, Option } from "commander";
import {
  type Config,
  fetchModel,
  openDialogue,
  openEngine,
  openParts,
  resolveConfig,
} from "../config/index.ts";
import { SPLITS, type Split, splitSource } from "../data/index.ts";
import {
  diagnose,
  type ModelDiagnosis,
  reportText,
  type Site,
  sampledAnswers,
  writeReport,
} from "../diagnose/index.ts";
import { ConfigError } from "../errors/index.ts";
import type { Settings } from "../parts/index.ts";
import { describeEnvironment, RunDirectory } from "../train/index.ts";
import type { CliContext } from "./context.ts";
import { downloadBar } from "./download-bar.ts";
import { InterruptedRun } from "./program.ts";
import { ProgressBar } from "./progress.ts";
import { runDirectoryFor, wholeNumber } from "./shared-options.ts";
import { newestWeights } from "./trained-model.ts";

interface DiagnoseFlags {
  readonly against: readonly string[];
  readonly split: Split;
  readonly problems: number;
  readonly seed: number;
  readonly layers: readonly string[];
  readonly heads?: readonly number[];
  readonly lambda: readonly number[];
  readonly candidates: number;
  readonly resamples: number;
  readonly set: readonly string[];
  readonly out?: string;
  readonly json?: boolean;
}

/** A number above 0. */
const isStrength = (value: number) => Number.isFinite(value) && value > 0;
const isPlace = (value: number) => Number.isInteger(value) && value >= 0;

/** Reads numbers separated by commas. */
function numberList(isValid: (value: number) => boolean, expected: string) {
  return (text: string): number[] => {
    const values = text.split(",").map((word) => (word.trim() === "" ? Number.NaN : Number(word)));
    if (!values.every(isValid)) throw new InvalidArgumentError(`expected ${expected}, separated by commas`);
    return values;
  };
}

/** Reads a whole number that is not 0. */
function positiveNumber(text: string): number {
  const value = Number(text);
  if (!(Number.isSafeInteger(value) && value > 0)) {
    throw new InvalidArgumentError("expected a whole number from 1");
  }
  return value;
}

const placeList = numberList(isPlace, "whole numbers from 0");

/** What to amplify, by what was asked for. */
function sitesOf({ layers, heads }: Pick<DiagnoseFlags, "layers" | "heads">): Site[] {
  const headsName = heads === undefined ? "" : `, heads ${heads.join(", ")}`;
  return layers
    .filter((words) => words !== "none")
    .map((words) => {
      if (words === "last") return { name: `last layer${headsName}`, heads };
      if (words === "all") return { name: `all layers${headsName}`, layers: "all", heads };
      const chosen = placeList(words);
      return { name: `layers ${chosen.join(", ")}${headsName}`, layers: chosen, heads };
    });
}

/** A run directory with its newest weights, a model directory, or a model of the hub, as a configuration. */
function configOf(model: string, data: string, { set, split, seed }: DiagnoseFlags): Config {
  const isRun = existsSync(join(model, "environment.json"));
  const run: Settings = isRun ? (RunDirectory.open(model).record.config as Settings) : {};
  const { data: runData, ...rest } = run as { readonly data?: Settings };
  const keepsData = runData?.["kind"] === data;
  return resolveConfig({
    preset: { ...rest, data: keepsData ? runData : data },
    flags: set,
    overrides: { model: isRun ? newestWeights(model) : model, evaluation: { split, seed } },
  });
}

async function diagnoseModel(
  name: string,
  given: Config,
  flags: DiagnoseFlags,
  context: CliContext,
): Promise<ModelDiagnosis> {
  const config = await fetchModel(given, downloadBar(context));
  const { task, verdict, limits, maxBrokenShare } = await openParts(config, downloadBar(context));
  const source = await splitSource(task, flags.split);
  const dialogue = await openDialogue(config);
  const bar = new ProgressBar(context.stderr, context.hasTerminal, context.clock);
  const engine = await (context.openEngine ?? openEngine)(config);
  const { signal } = context.interruption;
  try {
    const { temperature, topP, topK, maxCompletionTokens } = config.sampling;
    const answers = sampledAnswers({
      engine,
      dialogue,
      source,
      problems: flags.problems,
      sampling: { temperature, topP, topK, maxCompletionTokens },
      seed: flags.seed,
      batchSize: config.evaluation.batchSize,
      limits,
      maxBrokenShare,
    });
    const found = await diagnose({
      engine,
      dialogue,
      name,
      answers,
      verdict,
      labels: task.labels,
      seed: flags.seed,
      sites: sitesOf(flags),
      lambdas: flags.lambda,
      candidates: flags.candidates,
      bootstrap: { resamples: flags.resamples },
      onPhase: (phase, done, total) => bar.show({ label: `${name}, ${phase}`, done, total, facts: [] }),
      shouldStop: () => signal.aborted,
    });
    if (signal.aborted) throw new InterruptedRun("interrupted: nothing was written");
    return found;
  } finally {
    await engine.close();
  }
}

/** Short names that tell the models apart: as few last parts of their paths as that takes. */
export function shortNames(models: readonly string[]): string[] {
  const parts = models.map((model) => normalize(model).split("/").filter(Boolean));
  const longest = Math.max(...parts.map(({ length }) => length));
  for (let count = 1; count <= longest; count++) {
    const names = parts.map((own) => own.slice(-count).join("/"));
    if (new Set(names).size === models.length) return names;
  }
  return [...models];
}

async function run(model: string, data: string, flags: DiagnoseFlags, context: CliContext): Promise<void> {
  const models = [model, ...flags.against];
  if (new Set(models).size < models.length) throw new ConfigError("--against: expected other models");
  const configs = models.map((one) => configOf(one, data, flags));
  const names = models.length === 1 ? [basename(normalize(model))] : shortNames(models);
  const found: ModelDiagnosis[] = [];
  for (const [i, config] of configs.entries()) {
    found.push(await diagnoseModel(names[i]!, config, flags, context));
  }
  const directory = runDirectoryFor(
    "diagnose",
    flags.out === undefined ? { set: [] } : { set: [], runDir: flags.out },
  );
  const { commit, fovea } = describeEnvironment();
  const { set, json, out: _out, ...settings } = flags;
  writeReport(directory, found, { fovea, commit, model, data, ...settings, set });
  if (json === true) context.stdout(`${JSON.stringify({ event: "finished", directory, models: found })}\n`);
  else context.stdout(`${reportText(found)}\nwritten to ${directory}\n`);
}

const several = (value: string, before: readonly string[] | undefined) => [...(before ?? []), value];

/** Adds what `fovea diagnose` takes and does. */
export function configure(command: Command, context: CliContext): void {
  command
    .argument("<model>", "a run directory, a model directory, or org/name[@revision] of the hub")
    .argument("<data>", "a built-in task by name, or the path of a data set")
    .option("--against <model...>", "other models to be diagnosed alike and compared, such as the start", [])
    .addOption(new Option("--split <name>", "the part of the data").choices([...SPLITS]).default("test"))
    .option("--problems <n>", "completions to sample, one a problem", positiveNumber, 2000)
    .option("--seed <n>", "seed of problems, sampling and intervals", wholeNumber, 0)
    .addOption(
      new Option(
        "--layers <which>",
        "layers to amplify attention in: last, all, none, or numbers from 0 separated by commas; may be repeated",
      ).argParser<readonly string[]>((value, before) => {
        if (!["last", "all", "none"].includes(value)) placeList(value);
        return several(value, before);
      }),
    )
    .option("--heads <list>", "heads to amplify, numbers from 0; all unless given", placeList)
    .option(
      "--lambda <list>",
      "strengths of amplification (λ)",
      numberList(isStrength, "numbers above 0"),
      [0.5, 1, 2, 4, 8, 16, 32, 64],
    )
    .option("--candidates <n>", "tokens of each class to intervene on, at most", wholeNumber, 400)
    .option("--resamples <n>", "draws of the bootstrap", positiveNumber, 1000)
    .option("--set <key=value>", "one setting of the configuration; may be repeated", several, [])
    .option("--out <path>", "where the report is written; runs/diagnose-<time> unless given")
    .option("--json", "the diagnosis as one JSON object on stdout")
    .action((model: string, data: string, flags: Omit<DiagnoseFlags, "layers"> & { layers?: string[] }) =>
      run(model, data, { ...flags, layers: flags.layers ?? ["last", "all"] }, context),
    );
}
