/**
 * @module
 * An answers file: every answer is appended as it arrives, and a stopped evaluation resumes from the recorded answers.
 */
import { closeSync, existsSync, ftruncateSync, mkdirSync, openSync, readFileSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { RunError } from "../../errors/index.ts";
import { ProcessFile, replaceFile } from "../../files/index.ts";
import {
  type AnswerRecord,
  type AnswersHeader,
  type AnswersLine,
  type SkippedRecord,
  verdictRecord,
} from "./answer-record.ts";
import { AnswerSet } from "./answer-set.ts";
import { onFile, readLines } from "./read-answers.ts";

/** Why answers cannot be continued, and what to do: only another verdict is a matter of judging them again. */
function refusal(differing: ReadonlyMap<string, string>): string {
  const what = differing.has("model") ? "of another model, or of other weights" : "of another evaluation";
  const isJudgedAnew = differing.size === 1 && differing.has("verdict");
  const advice = isJudgedAnew ? ", or judge them again with fovea score" : "";
  return `has answers ${what}; give another --out${advice}:\n  ${[...differing.values()].join("\n  ")}`;
}

/** The differences between two headers, in words by what differs. The plan may differ: answers are the same for more or fewer problems. */
function differences(recorded: AnswersHeader, own: AnswersHeader): Map<string, string> {
  const flat = ({
    benchmark,
    options = {},
    fingerprint,
    model,
    protocol,
    prompt,
    verdict,
  }: AnswersHeader) => {
    const parts = { benchmark, "benchmark's files": fingerprint, model, verdict, prompt, ...protocol };
    const ofBenchmark = Object.entries(options).map(
      ([option, value]) => [`option ${option} of the benchmark`, value] as const,
    );
    return new Map(
      [...Object.entries(parts), ...ofBenchmark].map(([key, value]) => [key, JSON.stringify(value)]),
    );
  };
  const [before, now] = [flat(recorded), flat(own)];
  const differing = [...new Set([...before.keys(), ...now.keys()])].flatMap((key) => {
    const [was, is] = [before.get(key), now.get(key)];
    return was === is ? [] : [[key, `${key}: recorded ${was ?? "none"}, now ${is ?? "none"}`] as const];
  });
  return new Map(differing);
}

/** Writes all bytes at a place of a file. */
function writeAt(file: number, bytes: Buffer, at: number): void {
  let written = 0;
  while (written < bytes.length) {
    written += writeSync(file, bytes, written, bytes.length - written, at + written);
  }
}

/** An open file, what it has, and where the next line begins. */
interface OpenFile {
  readonly file: number;
  readonly set: AnswerSet;
  readonly at: number;
  readonly cutBytes: number;
  /** Undefined where the file is new. */
  readonly recorded: AnswersHeader | undefined;
}

/**
 * Opens a file, or makes it, for the answers of an evaluation. An incomplete last line is dropped; a whole one without its
 * line end gets it.
 */
function openRecorded(path: string, header: AnswersHeader): OpenFile {
  const file = openSync(path, existsSync(path) ? "r+" : "w+");
  try {
    const recorded = readLines(file, path);
    const { set, cutBytes, wholeBytes, isOpenEnded } = recorded;
    if (recorded.header === undefined) {
      ftruncateSync(file, 0);
      return { file, set: new AnswerSet(), at: 0, cutBytes: 0, recorded: undefined };
    }
    const found = differences(recorded.header, header);
    if (found.size > 0) throw new RunError(`${path}: ${refusal(found)}`);
    ftruncateSync(file, wholeBytes);
    if (isOpenEnded) writeAt(file, Buffer.from("\n"), wholeBytes);
    return { file, set, at: wholeBytes + Number(isOpenEnded), cutBytes, recorded: recorded.header };
  } catch (error) {
    closeSync(file);
    throw error;
  }
}

/** Opens a file as `openRecorded` does; one that was made for another number of answers gets the header of this one. */
function openPlanned(path: string, header: AnswersHeader): OpenFile {
  const opened = openRecorded(path, header);
  if (opened.recorded === undefined || opened.recorded.planned === header.planned) return opened;
  closeSync(opened.file);
  const bytes = readFileSync(path);
  replaceFile(path, [JSON.stringify(header), bytes.subarray(bytes.indexOf("\n"))]);
  return openRecorded(path, header);
}

/** An answers file, open for writing by this process alone. */
export class AnswerJournal {
  readonly path: string;
  readonly #holder: ProcessFile;
  readonly #file: number;
  readonly #set: AnswerSet;
  /** Bytes of a line that a crash had cut short, which were dropped. */
  readonly cutBytes: number;
  #at: number;
  #isClosed = false;

  /**
   * Opens the file, or makes it.
   *
   * @throws RunError when it has answers of another model, benchmark, protocol or verdict, naming what differs; when
   *   another process writes it
   * @throws DataError when it is no answers file
   */
  constructor(path: string, header: AnswersHeader) {
    this.path = path;
    this.#holder = onFile(path, () => {
      mkdirSync(dirname(path), { recursive: true });
      return new ProcessFile(`${path}.process.json`, path);
    });
    let opened: OpenFile;
    try {
      opened = onFile(path, () => openPlanned(path, header));
    } catch (error) {
      this.#holder.end();
      throw error;
    }
    this.#file = opened.file;
    this.#set = opened.set;
    this.#at = opened.at;
    this.cutBytes = opened.cutBytes;
    if (opened.recorded === undefined) this.#append(header);
  }

  /** All answers so far, in the order in which they came. */
  get answers(): readonly AnswerRecord[] {
    return this.#set.answers;
  }

  /** Answers without a verdict, so far. */
  get unjudged(): readonly AnswerRecord[] {
    return this.#set.unjudged;
  }

  /** Rows that gave no problem, so far. */
  get skipped(): readonly SkippedRecord[] {
    return this.#set.skipped;
  }

  /** Whether this answer is recorded, judged or not. */
  has(index: number, sample: number): boolean {
    return this.#set.answer({ index, sample }) !== undefined;
  }

  /** Records an answer that is not recorded yet. Its row is no skipped row any more. */
  add(answer: AnswerRecord): void {
    if (this.has(answer.index, answer.sample)) return;
    this.#append(answer);
    this.#set.add(answer);
  }

  /** Records the verdict of an answer that is recorded without one, or why it still has none. */
  judge(answer: AnswerRecord): void {
    const known = this.#set.answer(answer);
    if (known?.isJudged !== false) return;
    if (answer.isJudged === false && answer.reason === known.reason) return;
    const verdict = verdictRecord(answer);
    this.#append(verdict);
    this.#set.judge(verdict);
  }

  /** Records that a row gives no problem; nothing where the last record of the row says the same. */
  skip(row: SkippedRecord): void {
    const known = this.#set.skippedRow(row.index);
    if (known?.isBroken === row.isBroken && known.message === row.message) return;
    this.#append(row);
    this.#set.skip(row);
  }

  /** A second call does nothing. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    closeSync(this.#file);
    this.#holder.end();
  }

  #append(line: AnswersLine): void {
    onFile(this.path, () => {
      const bytes = Buffer.from(`${JSON.stringify(line)}\n`);
      writeAt(this.#file, bytes, this.#at);
      this.#at += bytes.length;
    });
  }
}
