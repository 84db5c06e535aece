/**
 * @module
 * Reads an answers file, of a finished evaluation or of a stopped one.
 */
import { closeSync, type Dirent, existsSync, fstatSync, openSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { DataError, FoveaError, RunError } from "../../errors/index.ts";
import { fileLines } from "../../files/index.ts";
import {
  type AnswerRecord,
  type AnswersHeader,
  type AnswersLine,
  readLine,
  type SkippedRecord,
} from "./answer-record.ts";
import { AnswerSet } from "./answer-set.ts";

/** The content of an answers file. */
export interface RecordedAnswers {
  readonly header: AnswersHeader;
  /** In the order of the file. */
  readonly answers: readonly AnswerRecord[];
  readonly skipped: readonly SkippedRecord[];
  /** Bytes of an incomplete last line, which is skipped. */
  readonly cutBytes: number;
}

/** The lines of an open file. */
export interface ReadLines {
  /** Undefined where the file has no line. */
  readonly header: AnswersHeader | undefined;
  readonly set: AnswerSet;
  readonly cutBytes: number;
  /** Bytes of whole lines. */
  readonly wholeBytes: number;
  /** Whether the last of the whole lines lacks its line end. */
  readonly isOpenEnded: boolean;
}

/** Adds a line after the header. */
function addLine(set: AnswerSet, line: Exclude<AnswersLine, AnswersHeader>, place: string): void {
  if ("event" in line && line.event === "skipped") {
    set.skip(line);
    return;
  }
  const known = set.answer(line);
  if (!("event" in line)) {
    if (known === undefined) set.add(line);
    else throw new DataError(`${place}: a second answer ${line.sample} to problem ${line.problem}`);
  } else if (known === undefined) {
    throw new DataError(
      `${place}: a verdict on answer ${line.sample} to row ${line.index}, which is not there`,
    );
  } else if (known.isJudged === false) {
    set.judge(line);
  } else {
    throw new DataError(`${place}: a second verdict on answer ${line.sample} to problem ${known.problem}`);
  }
}

/** Whether the end of a file without a line end is a whole line: a JSON object that is cut short is none. */
function isWholeLine(text: string): boolean {
  try {
    const json: unknown = JSON.parse(text);
    return typeof json === "object" && json !== null;
  } catch {
    return false;
  }
}

/**
 * Reads the lines of an open file.
 *
 * @throws DataError naming the line that is none of an answers file
 */
export function readLines(file: number, path: string): ReadLines {
  let header: AnswersHeader | undefined;
  const set = new AnswerSet();
  let number = 0;
  const add = (text: string) => {
    number += 1;
    const place = `${path} line ${number}`;
    const line = readLine(text, place);
    if ("protocol" in line) {
      if (number > 1)
        throw new DataError(`${place}: a second evaluation in one file; give each a file of its own`);
      header = line;
    } else if (header === undefined) {
      throw new DataError(`${place}: expected the line that says what the answers are of`);
    } else {
      addLine(set, line, place);
    }
  };
  const lines = fileLines(file);
  let next = lines.next();
  for (; next.done !== true; next = lines.next()) add(next.value);
  const tail = next.value.toString("utf8");
  const isOpenEnded = isWholeLine(tail);
  if (isOpenEnded) add(tail);
  const cutBytes = isOpenEnded ? 0 : next.value.length;
  return { header, set, cutBytes, wholeBytes: fstatSync(file).size - cutBytes, isOpenEnded };
}

/** Work on a file, whose failure is an error that names it. */
export function onFile<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    if (cause instanceof FoveaError) throw cause;
    throw new RunError(`${path}: ${(cause as Error).message}`, { cause });
  }
}

/** Name of an answers file. */
const ANSWERS = "answers.jsonl";
/** Folders below a given one in which answers files are looked for: evaluation/benchmark of a run directory. */
const LEVELS = 2;
/** Most answers files that are named. */
const NAMED = 8;

/** The answers files in the folders below a folder. */
function answersBelow(folder: string, levels = LEVELS): string[] {
  if (levels === 0) return [];
  let entries: Dirent[];
  try {
    entries = readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
  return entries
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => join(folder, name))
    .sort()
    .flatMap((path) => [
      ...(existsSync(join(path, ANSWERS)) ? [join(path, ANSWERS)] : []),
      ...answersBelow(path, levels - 1),
    ]);
}

/** The answers file in a folder. */
function answersIn(folder: string): string {
  const path = join(folder, ANSWERS);
  if (existsSync(path)) return path;
  const below = answersBelow(folder);
  const more = below.length > NAMED ? `, and ${below.length - NAMED} more` : "";
  const found =
    below.length === 0
      ? "fovea eval writes one for each benchmark"
      : `below it are ${below.slice(0, NAMED).join(", ")}${more}`;
  throw new RunError(`${folder}: expected a folder with ${ANSWERS}, got none in it; ${found}`);
}

/**
 * How many planned answers are not there; 0 where the plan is not known. Each skipped row counts as its answers: where
 * another row took its place, as many missing answers are not noticed.
 *
 * @param plan planned answers, and answers to each problem
 */
export function missingAnswers(
  { planned = 0, samples = 1 }: { readonly planned?: number; readonly samples?: number },
  answers: number,
  skipped: number,
): number {
  return Math.max(0, planned - answers - skipped * samples);
}

/** A note that an evaluation is not finished; undefined where no answer is known to be missing. */
export function unfinishedNote(
  path: string,
  { header: { planned, protocol }, answers, skipped }: RecordedAnswers,
): string | undefined {
  const { samples } = protocol as { readonly samples?: number };
  const plan = { ...(planned !== undefined && { planned }), ...(samples !== undefined && { samples }) };
  const missing = missingAnswers(plan, answers.length, skipped.length);
  if (missing === 0) return undefined;
  return `${path}: ${missing} of ${planned} answers are missing; the evaluation is not finished`;
}

/**
 * Reads an answers file.
 *
 * @param given the file, or the folder that it is in
 * @throws DataError when it is not an answers file, naming the line; RunError when it cannot be read, or is not in the
 *   folder, naming those in the folders below
 */
export function readAnswers(given: string): RecordedAnswers {
  const isFolder = statSync(given, { throwIfNoEntry: false })?.isDirectory() === true;
  const path = isFolder ? answersIn(given) : given;
  return onFile(path, () => {
    const file = openSync(path, "r");
    try {
      const { header, set, cutBytes } = readLines(file, path);
      if (header === undefined) throw new DataError(`${path}: expected an answers file, got no whole line`);
      return { header, answers: set.answers, skipped: set.skipped, cutBytes };
    } finally {
      closeSync(file);
    }
  });
}
