/**
 * @module
 * `fovea eval`: greedy accuracy of a model, with its interval.
 */
import type { Command } from "commander";
import { evaluatedParts, openParts } from "../config/index.ts";
import { splitSource } from "../data/index.ts";
import { evaluationRecord } from "../train/index.ts";
import type { CliContext } from "./context.ts";
import { downloadBar } from "./download-bar.ts";
import { InterruptedRun } from "./interruption.ts";

import { evaluationText, Reporter } from "./reporter.ts";
import { dryRunText } from "./shared-options.ts";
import { addTrainedOptions, type TrainedOptions, trainedConfig, withTrainedModel } from "./trained-model.ts";

async function evaluateModel(
  file: string | undefined,
  options: TrainedOptions,
  context: CliContext,
): Promise<void> {
  const config = await trainedConfig(file, options);
  if (options.dryRun === true) {
    context.stdout(dryRunText(config, options.json ?? false));
    return;
  }
  const reporter = new Reporter(context, options.json ?? false);
  const { signal } = context.interruption;
  const { split, problems } = config.evaluation;
  const parts = await openParts(config, downloadBar(context));
  const source = await splitSource(parts.task, split);
  const {
    event: _event,
    iteration: _iteration,
    ...evaluation
  } = await withTrainedModel(config, options.runDir, context, (opened) =>
    evaluationRecord(
      evaluatedParts(parts, opened),
      { iteration: 0, split, problems, source },
      { onProgress: reporter.onEvaluation, shouldStop: () => signal.aborted },
    ),
  );
  if (signal.aborted) throw new InterruptedRun("interrupted: nothing was measured");
  reporter.json({ event: "finished", ...evaluation });
  reporter.text(evaluationText(evaluation));
}

/** Adds what `fovea eval` takes and does. */
export function configure(command: Command, context: CliContext): void {
  addTrainedOptions(command).action((file: string | undefined, options: TrainedOptions) =>
    evaluateModel(file, options, context),
  );
}
