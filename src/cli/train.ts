/**
 * @module
 * `fovea train`: reinforcement learning into a run directory.
 */
import type { Command } from "commander";
import type { RunOptions, RunResult } from "../config/index.ts";
import { checkModules, requireTrainable, runTraining, warmStartWarning } from "../config/index.ts";
import { shellWord } from "../files/index.ts";
import type { CliContext } from "./context.ts";
import { InterruptedRun } from "./interruption.ts";
import { Reporter } from "./reporter.ts";
import {
  addConfigOptions,
  addRunOptions,
  dryRunText,
  runConfig,
  runDirectoryFor,
  type SharedOptions,
} from "./shared-options.ts";
import { reportTriedGroup } from "./tried-group.ts";

/** Runs a whole run for a command, and reports how it ended. */
export async function carryOut(
  command: "train" | "sft",
  run: (options: RunOptions) => Promise<RunResult>,
  file: string | undefined,
  options: SharedOptions,
  context: CliContext,
): Promise<void> {
  const config = await runConfig(file, options);
  requireTrainable(config);
  const reporter = new Reporter(context, options.json ?? false);
  const ignored = command === "train" && options.resume !== true ? warmStartWarning(config) : undefined;
  const warning = ignored === undefined ? undefined : ({ event: "warning", message: ignored } as const);
  if (options.dryRun === true) {
    await checkModules(config);
    // On stderr only: stdout is the configuration.
    if (warning !== undefined) reporter.show(warning);
    context.stdout(dryRunText(config, options.json ?? false));
    return;
  }
  if (warning !== undefined) reporter.onEvent(warning);
  const open = context.openEngine && { openEngine: context.openEngine };
  if (options.try === true) {
    const signal = context.interruption.listen("stopping");
    return reportTriedGroup({ config, onEvent: reporter.onEvent, signal, ...open }, reporter);
  }
  const runDirectory = runDirectoryFor(command, options);
  const result = await run({
    config,
    runDirectory,
    resume: options.resume ?? false,
    acceptModules: options.acceptModules ?? false,
    onEvent: reporter.onEvent,
    signal: context.interruption.listen("stopping after a checkpoint"),
    clock: context.clock,
    ...open,
  });
  if (result.status === "interrupted") {
    reporter.json({ event: "interrupted", completed: result.completed, runDirectory });
    throw new InterruptedRun(
      `interrupted after ${result.completed}; continue with: fovea ${command} --resume --run-dir ${shellWord(runDirectory)}`,
    );
  }
  reporter.json({ event: "finished", completed: result.completed, runDirectory, model: result.model });
  reporter.text(`run directory  ${runDirectory}\nmodel          ${result.model}\n`);
}

/** Adds the arguments and the action of `fovea train`. */
export function configure(command: Command, context: CliContext): void {
  addRunOptions(addConfigOptions(command))
    .option(
      "--try",
      "sample the first group and show prompt, extracted answers, rewards and credit, without training",
    )
    .addHelpText(
      "after",
      "\nThe built-in model (model: small) has random weights: its warm start runs first, unless sft.steps is 0.",
    )
    .action((file: string | undefined, options: SharedOptions) =>
      carryOut("train", runTraining, file, options, context),
    );
}
