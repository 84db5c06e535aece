/**
 * @module
 * Recorded answers as files of predictions that VLMEvalKit scores: the rows of its table with a column `prediction`, in a
 * folder in which its `run.py --mode eval` looks for them.
 *
 *     <directory>/<model>/T20261129-120000/<model>_<dataset>.tsv
 *
 * The tool reads and writes .xlsx, .tsv and .json (`PRED_FORMAT`). In .xlsx a cell has 32,767 characters at most, and .json
 * most of its data sets cannot load; so this is .tsv.
 */
import { join } from "node:path";
import { shellWord, writeNewOutput } from "../../files/index.ts";
import type { AnswerRecord } from "../benchmark/answer-record.ts";
import type { RecordedAnswers } from "../benchmark/read-answers.ts";
import { fileName, type PredictionFiles, samplesOf } from "./samples.ts";
import { type Target, targetOf } from "./target.ts";
import { VLMEVALKIT_DATASETS } from "./vlmevalkit-datasets.ts";

const [THOUGHT, THOUGHT_END] = ["<think>", "</think>"];

/**
 * A completion as the tool splits it with `SPLIT_THINK`: what follows the last thought, and the thought, with its marks where
 * there are several or it has no beginning.
 */
function splitThought(completion: string): { readonly prediction: string; readonly thinking: string } {
  const end = completion.lastIndexOf(THOUGHT_END);
  if (end < 0) return { prediction: completion, thinking: "" };
  const before = completion.slice(0, end);
  const [, thought] = before.split(THOUGHT);
  const isOne = thought !== undefined && !before.includes(THOUGHT_END);
  return {
    prediction: completion.slice(end + THOUGHT_END.length).trim(),
    thinking: isOne ? thought.trim() : before + THOUGHT_END,
  };
}

/** A cell of a table as text; a list as one that the tool's `eval` reads. */
function cellText(cell: unknown): string {
  if (cell === null || cell === undefined) return "";
  return typeof cell === "string" ? cell : JSON.stringify(cell);
}

/** The text of a table, every field in quotes. */
function tableText(rows: readonly Readonly<Record<string, string>>[]): string {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const line = (fields: readonly string[]) =>
    `${fields.map((field) => `"${field.replaceAll('"', '""')}"`).join("\t")}\n`;
  return line(columns) + rows.map((row) => line(columns.map((column) => row[column] ?? ""))).join("");
}

function rowsOf(answers: readonly AnswerRecord[], added: Target["added"]): Record<string, string>[] {
  const split = answers.map(({ completion }) => splitThought(completion));
  const anyThought = split.some(({ thinking }) => thinking !== "");
  return answers.map(({ columns }, i) => {
    const cells = Object.entries(columns).map(([column, cell]) => [column, cellText(cell)] as const);
    const { prediction, thinking } = split[i]!;
    return { ...added, ...Object.fromEntries(cells), prediction, ...(anyThought && { thinking }) };
  });
}

/** The name that VLMEvalKit gives a run that begins now. */
function runName(now: Date): string {
  const stamp = now.toISOString().slice(0, 19).replaceAll(/[-:]/g, "").replace("T", "-");
  return `T${stamp}`;
}

export interface VlmEvalKitOptions {
  /** The model's name; that of the answers' header unless given. */
  readonly model?: string | undefined;
  /** One of the data sets of the benchmark, by the tool's name. */
  readonly dataset?: string | undefined;
  /** When the tool's run is said to have begun. */
  readonly now?: Date;
}

/**
 * Writes a file for each sample.
 *
 * @throws ConfigError when VLMEvalKit has no such benchmark
 * @throws DataError when the answers are to rows of another file than its own
 * @throws RunError when a file is there already or cannot be written
 */
export function writeVlmEvalKit(
  recorded: RecordedAnswers,
  directory: string,
  { model = recorded.header.model, dataset: asked, now = new Date() }: VlmEvalKitOptions = {},
): PredictionFiles {
  const { name: dataset, added } = targetOf("VLMEvalKit", VLMEVALKIT_DATASETS, recorded, asked);
  const files = samplesOf(recorded.answers).map(({ number, answers }) => {
    const own = fileName(model) + (number === undefined ? "" : `-sample-${number}`);
    const folder = join(directory, own, runName(now));
    const path = join(folder, `${own}_${dataset}.tsv`);
    writeNewOutput(path, tableText(rowsOf(answers, added)));
    return { path, model: own, answers: answers.length };
  });
  const commands = files.map(
    (file) =>
      `PRED_FORMAT=tsv python run.py --mode eval --work-dir ${shellWord(directory)} --model ${file.model} --data ${dataset}`,
  );
  return { dataset, files, commands };
}
