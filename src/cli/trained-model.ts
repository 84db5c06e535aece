/**
 * @module
 * Opens a model for inspection: the one of a configuration, or the newest of a run directory.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Command, Option } from "commander";
import { atRunCommit, type Config, fetchModel, openConfiguredDialogue, openEngine } from "../config/index.ts";
import { SPLITS, type Split } from "../data/index.ts";
import type { Engine } from "../engine/index.ts";
import { RunError } from "../errors/index.ts";
import type { Dialogue } from "../eval/index.ts";
import type { Settings } from "../parts/index.ts";
import { type Checkpoint, FINAL_MODEL, latestCheckpoint, RunDirectory } from "../train/index.ts";
import { connectionOf } from "./connection.ts";
import type { CliContext } from "./context.ts";
import { downloadBar } from "./download-bar.ts";
import { addConfigOptions, configFrom, countNumber, type SharedOptions } from "./shared-options.ts";

/** The flags of commands that use a trained model. */
export interface TrainedOptions extends SharedOptions {
  readonly split?: Split;
  readonly problems?: number;
}

/**
 * Adds the flags of commands that use a trained model.
 *
 * @param seed what `--seed` sets, if not `train.seed` alone
 */
export function addTrainedOptions(command: Command, seed?: string): Command {
  return addConfigOptions(command, seed)
    .option("--run-dir <path>", "use the model and the configuration of this run")
    .addOption(new Option("--split <name>", "short for --set evaluation.split=name").choices([...SPLITS]))
    .option("--problems <n>", "short for --set evaluation.problems=n", countNumber);
}

/**
 * The configuration of a trained model: the run directory's, overridden by preset, file and flags. Its model of the hub is at the
 * commit that the run recorded, since its adapters and its tokenizer belong to that one.
 *
 * @param extra settings under `evaluation`
 */
export async function trainedConfig(
  file: string | undefined,
  options: TrainedOptions,
  extra: Settings = {},
): Promise<Config> {
  const { runDir, split, problems } = options;
  const ran = runDir === undefined ? undefined : (RunDirectory.open(runDir).record.config as Config);
  const evaluation = {
    ...(split && { split }),
    ...(problems !== undefined && { problems, benchmarkProblems: problems }),
    ...extra,
  };
  const config = await configFrom(file, options, {
    base: (ran ?? {}) as Settings,
    extra: { evaluation },
  });
  return runDir === undefined || ran === undefined ? config : atRunCommit(config, runDir, ran);
}

/**
 * Whether a run was extended after its final model and has not reached its new end. Earlier releases left that model in
 * place.
 */
function isExtended(runDirectory: string, checkpoint: Checkpoint | undefined): boolean {
  if (checkpoint === undefined || !RunDirectory.exists(runDirectory)) return false;
  const run = RunDirectory.open(runDirectory);
  return checkpoint.trainer.completed < run.record.steps && !run.hasFinished();
}

/** The directory of a run's weights: its final model, else its newest checkpoint. */
export function newestWeights(runDirectory: string): string {
  const model = join(runDirectory, FINAL_MODEL);
  const checkpoint = latestCheckpoint(runDirectory);
  if (existsSync(model) && !isExtended(runDirectory, checkpoint)) return model;
  if (checkpoint === undefined)
    throw new RunError(`run directory ${runDirectory}: no model and no checkpoint`);
  return checkpoint.path;
}

/** Opens the model, passes it to `work`, and closes it. */
export async function withTrainedModel<T>(
  config: Config,
  runDirectory: string | undefined,
  context: CliContext,
  work: (opened: { readonly engine: Engine; readonly dialogue: Dialogue }) => Promise<T>,
): Promise<T> {
  const weights = runDirectory === undefined ? undefined : newestWeights(runDirectory);
  const local = await fetchModel(config, downloadBar(context));
  const dialogue = await openConfiguredDialogue(local);
  const engine = await (context.openEngine ?? openEngine)(local, connectionOf(context));
  try {
    if (weights !== undefined) await engine.load(weights);
    return await work({ engine, dialogue });
  } finally {
    await engine.close();
  }
}
