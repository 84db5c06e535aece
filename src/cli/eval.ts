/**
 * @module
 * `fovea eval`: greedy accuracy of a model, with its interval.
 */
import type { Command } from "commander";
import { evaluatedParts, openParts } from "../config/index.ts";
import { splitSource } from "../data/index.ts";
import { evaluationRecord } from "../train/index.ts";
import { AnswerFile, type AnswerFlags, addAnswersOption } from "./answer-file.ts";
import type { CliContext } from "./context.ts";
import { partsOptions } from "./download-bar.ts";
import { InterruptedRun } from "./interruption.ts";
import { evaluationText, Reporter } from "./reporter.ts";
import { dryRunText } from "./shared-options.ts";
import { addTrainedOptions, type TrainedOptions, trainedConfig, withTrainedModel } from "./trained-model.ts";

type EvalOptions = TrainedOptions & AnswerFlags;

async function evaluateModel(
  file: string | undefined,
  options: EvalOptions,
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
  const parts = await openParts(config, partsOptions(context));
  const source = await splitSource(parts.task, split);
  const answers = AnswerFile.of(options, `answers-${split}.jsonl`);
  const {
    event: _event,
    iteration: _iteration,
    ...evaluation
  } = await withTrainedModel(config, options.runDir, context, (opened) =>
    evaluationRecord(
      evaluatedParts(parts, opened),
      { iteration: 0, split, problems, source },
      {
        onAnswer: ({ tokens, ...answer }) => answers?.add({ ...answer, tokens: tokens.length }),
        onProgress: reporter.onEvaluation,
        shouldStop: () => signal.aborted,
      },
    ),
  );
  if (signal.aborted) throw new InterruptedRun("interrupted: nothing was measured");
  reporter.json({ event: "finished", ...evaluation, ...(answers && { answers: answers.path }) });
  reporter.text(evaluationText(evaluation));
  if (answers !== undefined) reporter.text(`answers  ${answers.path}\n`);
}

/** Adds what `fovea eval` takes and does. */
export function configure(command: Command, context: CliContext): void {
  addAnswersOption(addTrainedOptions(command)).action((file: string | undefined, options: EvalOptions) =>
    evaluateModel(file, options, context),
  );
}
