/**
 * @module
 * `fovea sample`: completions of a model with each token's role.
 */
import type { Command } from "commander";
import { openParts } from "../config/index.ts";
import { AnswerFile, type AnswerFlags, addAnswersOption } from "./answer-file.ts";
import type { CliContext } from "./context.ts";
import { partsOptions } from "./download-bar.ts";
import { completionLegend, completionText, labelledCompletions } from "./labelled-completion.ts";
import { Reporter } from "./reporter.ts";
import { dryRunText } from "./shared-options.ts";
import { splitProblems } from "./split-problems.ts";
import { addTrainedOptions, type TrainedOptions, trainedConfig, withTrainedModel } from "./trained-model.ts";

interface SampleOptions extends TrainedOptions, AnswerFlags {
  readonly greedy?: boolean;
}

/** Default number of problems shown. */
const SHOWN = 4;

async function sampleModel(
  file: string | undefined,
  options: SampleOptions,
  context: CliContext,
): Promise<void> {
  const config = await trainedConfig(file, { ...options, problems: options.problems ?? SHOWN });
  if (options.dryRun === true) {
    context.stdout(dryRunText(config, options.json ?? false));
    return;
  }
  const reporter = new Reporter(context, options.json ?? false);
  const { split, problems } = config.evaluation;
  const parts = await openParts(config, partsOptions(context));
  const source = await splitProblems(parts.task, split);
  const sampling = {
    temperature: options.greedy === true ? 0 : config.sampling.temperature,
    seed: config.train.seed,
    batchSize: config.evaluation.batchSize,
  };
  const written = AnswerFile.of(options, `samples-${split}.jsonl`);
  let [sampled, right, unjudged] = [0, 0, 0];
  await withTrainedModel(config, options.runDir, context, async (opened) => {
    reporter.text(completionLegend(context.hasColour));
    for await (const completion of labelledCompletions(parts, { ...opened, source }, problems, sampling)) {
      const { problem, text, isRight, judgement, stopReason, tokens, index } = completion;
      sampled += 1;
      right += Number(isRight);
      unjudged += Number(judgement.score === null);
      written?.add({ index, problem, text, judgement, stopReason, tokens: tokens.length });
      const { id, kind, question, answers } = problem;
      const asked = { problem: id, index, kind, question, answers };
      const { score } = judgement;
      reporter.json({ event: "sample", ...asked, completion: text, score, isRight, tokens });
      reporter.text(`\n${problem.question}\n${completionText(completion, context.hasColour)}`);
    }
  }).finally(() => written?.close());
  if (written !== undefined) reporter.text(`\nanswers  ${written.path}\n`);
  const counts = { problems: sampled, right, ...(unjudged > 0 && { unjudged }) };
  reporter.json({ event: "finished", ...counts, ...(written && { answers: written.path }) });
}

/** Adds the arguments and the action of `fovea sample`. */
export function configure(command: Command, context: CliContext): void {
  addAnswersOption(addTrainedOptions(command))
    .option("--greedy", "decode greedily")
    .action((file: string | undefined, options: SampleOptions) => sampleModel(file, options, context));
}
