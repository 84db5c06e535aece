/**
 * @module
 * Recorded answers as logs of which lmms-eval's model `from_log` answers: the task's documents by their place, each with a
 * reply.
 *
 *     <directory>/<task>.json, of several samples <directory>/sample-0/<task>.json
 *
 * The tool takes a thought out of a reply itself (`--reasoning_tags`), so completions are written as they are.
 */
import { join } from "node:path";
import { DataError } from "../../errors/index.ts";
import { shellWord, writeNewOutput } from "../../files/index.ts";
import type { AnswerRecord } from "../benchmark/answer-record.ts";
import type { RecordedAnswers } from "../benchmark/read-answers.ts";
import { LMMS_EVAL_TASKS } from "./lmms-eval-tasks.ts";
import { fileName, type PredictionFiles, samplesOf } from "./samples.ts";
import { targetOf } from "./target.ts";

/** Places of documents before the last answered one that have no answer: the tool asks for every one. */
function checkWithoutGaps(answers: readonly AnswerRecord[], task: string): void {
  const places = new Set(answers.map(({ index }) => index));
  const last = answers.at(-1)!.index;
  const missing = Array.from({ length: last }, (_, place) => place).filter((place) => !places.has(place));
  if (missing.length === 0) return;
  const shown = missing.slice(0, 5).join(", ") + (missing.length > 5 ? ", …" : "");
  throw new DataError(
    `lmms-eval: ${task}: asks for each of the documents 0 to ${last}, and ${missing.length} of them have no answer: ${shown}`,
  );
}

/** A log as `from_log` reads it; the question's id and its answers are there for people. */
function logOf(task: string, model: string, answers: readonly AnswerRecord[]): string {
  const logs = answers.map(({ index, problem, answers: target, completion }) => ({
    doc_id: index,
    id: problem,
    target,
    resps: [[completion]],
  }));
  const args = { model, model_args: "", limit: null };
  return `${JSON.stringify({ args, model_configs: { task }, logs }, null, 1)}\n`;
}

export interface LmmsEvalOptions {
  /** The model's name; that of the answers' header unless given. */
  readonly model?: string | undefined;
  /** One of the tasks of the benchmark, by the tool's name. */
  readonly dataset?: string | undefined;
}

/**
 * Writes a log for each sample.
 *
 * @throws ConfigError when lmms-eval has no such task
 * @throws DataError when the answers are to rows of another file than the task's, or to some of them only
 * @throws RunError when a file is there already or cannot be written
 */
export function writeLmmsEval(
  recorded: RecordedAnswers,
  directory: string,
  { model = recorded.header.model, dataset: asked }: LmmsEvalOptions = {},
): PredictionFiles {
  const { name: task } = targetOf("lmms-eval", LMMS_EVAL_TASKS, recorded, asked);
  const samples = samplesOf(recorded.answers);
  for (const { answers } of samples) checkWithoutGaps(answers, task);
  const written = samples.map(({ number, answers }) => {
    const folder = number === undefined ? directory : join(directory, `sample-${number}`);
    const path = join(folder, `${task}.json`);
    writeNewOutput(path, logOf(task, fileName(model), answers));
    return { folder, file: { path, model: fileName(model), answers: answers.length } };
  });
  return {
    dataset: task,
    files: written.map(({ file }) => file),
    commands: written.map(
      ({ folder }) =>
        `python -m lmms_eval --model from_log --model_args ${shellWord(`logs=${folder}`)} --tasks ${task}`,
    ),
  };
}
