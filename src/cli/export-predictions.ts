/**
 * @module
 * `fovea export --vlmevalkit` and `--lmms-eval`: the answers of an evaluation as files that these tools score.
 */
import { readAnswers, unfinishedNote, writeLmmsEval, writeVlmEvalKit } from "../eval/index.ts";
import type { CliContext } from "./context.ts";

/** The writer of each tool, by its flag. */
const WRITERS = { vlmevalkit: writeVlmEvalKit, lmmsEval: writeLmmsEval } as const;

export interface PredictionFlags {
  readonly dataset?: string;
  readonly modelName?: string;
  readonly json?: boolean;
}

/** Writes a file of predictions for each sample of an answers file, and prints the tool's command that scores them. */
export function exportPredictions(
  tool: keyof typeof WRITERS,
  path: string,
  target: string,
  { dataset, modelName, json = false }: PredictionFlags,
  { stdout, stderr }: CliContext,
): void {
  const recorded = readAnswers(path);
  const written = WRITERS[tool](recorded, target, { dataset, model: modelName });
  const { cutBytes, skipped } = recorded;
  if (cutBytes > 0) stderr(`${path}: skipped an incomplete last line\n`);
  const unfinished = unfinishedNote(path, recorded);
  if (unfinished !== undefined) stderr(`${unfinished}\n`);
  if (skipped.length > 0) stderr(`${path}: ${skipped.length} rows without a problem have no prediction\n`);
  if (json) {
    stdout(`${JSON.stringify({ event: "finished", ...written })}\n`);
    return;
  }
  const files = written.files.map((file) => `predictions  ${file.path}: ${file.answers} answers\n`);
  const commands = written.commands.map((command) => `score with   ${command}\n`);
  stdout([...files, ...commands].join(""));
}
