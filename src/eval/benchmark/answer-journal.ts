/**
 * @module
 * An answers file: every answer is appended as it arrives, and a stopped evaluation resumes from the recorded answers.
 */
import {
  closeSync,
  existsSync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readSync,
  statSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { DataError, FoveaError, RunError } from "../../errors/index.ts";
import { ProcessFile } from "../../model/index.ts";
import { type AnswerRecord, type AnswersHeader, readLine, type SkippedRecord } from "./answer-record.ts";

const NEWLINE = 0x0a;
const PIECE_BYTES = 2 ** 20;

/** The content of an answers file. */
export interface RecordedAnswers {
  readonly header: AnswersHeader;
  /** In the order of the file. */
  readonly answers: readonly AnswerRecord[];
  readonly skipped: readonly SkippedRecord[];
  /** Bytes of an incomplete last line, which is skipped. */
  readonly cutBytes: number;
  /** Bytes of whole lines. */
  readonly wholeBytes: number;
}

/** The whole lines of an open file, one after the other; returns the bytes that follow the last of them. */
function* linesOf(file: number): Generator<string, number> {
  let rest = Buffer.alloc(0);
  const piece = Buffer.alloc(PIECE_BYTES);
  for (let at = 0; ; ) {
    const read = readSync(file, piece, 0, PIECE_BYTES, at);
    if (read === 0) return rest.length;
    at += read;
    const bytes = Buffer.concat([rest, piece.subarray(0, read)]);
    let start = 0;
    for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, start)) {
      yield bytes.toString("utf8", start, end);
      start = end + 1;
    }
    rest = Buffer.from(bytes.subarray(start));
  }
}

const keyOf = ({ index, sample }: Pick<AnswerRecord, "index" | "sample">) => `${index} ${sample}`;

function readRecorded(
  file: number,
  path: string,
): Omit<RecordedAnswers, "header"> & { header?: AnswersHeader } {
  let header: AnswersHeader | undefined;
  const answers = new Map<string, AnswerRecord>();
  const skipped = new Map<number, SkippedRecord>();
  const lines = linesOf(file);
  for (let number = 1; ; number++) {
    const next = lines.next();
    if (next.done === true) {
      const cutBytes = next.value;
      const wholeBytes = fstatSync(file).size - cutBytes;
      const found = { answers: [...answers.values()], skipped: [...skipped.values()], cutBytes, wholeBytes };
      return header === undefined ? found : { ...found, header };
    }
    const place = `${path} line ${number}`;
    const line = readLine(next.value, place);
    if ("protocol" in line) {
      if (number > 1)
        throw new DataError(`${place}: a second evaluation in one file; give each a file of its own`);
      header = line;
    } else if (header === undefined) {
      throw new DataError(`${place}: expected the line that says what the answers are of`);
    } else if ("event" in line) {
      skipped.set(line.index, line);
    } else if (answers.has(keyOf(line))) {
      throw new DataError(`${place}: a second answer ${line.sample} to problem ${line.problem}`);
    } else {
      answers.set(keyOf(line), line);
    }
  }
}

/** Work on a file, whose failure is an error that names it. */
function onFile<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    if (cause instanceof FoveaError) throw cause;
    throw new RunError(`${path}: ${(cause as Error).message}`, { cause });
  }
}

/**
 * Reads an answers file.
 *
 * @param given the file, or the folder that it is in
 * @throws DataError when it is not an answers file, naming the line; RunError when it cannot be read
 */
export function readAnswers(given: string): RecordedAnswers {
  const isFolder = statSync(given, { throwIfNoEntry: false })?.isDirectory() === true;
  const path = isFolder ? join(given, "answers.jsonl") : given;
  return onFile(path, () => {
    const file = openSync(path, "r");
    try {
      const { header, ...found } = readRecorded(file, path);
      if (header === undefined) throw new DataError(`${path}: expected an answers file, got no whole line`);
      return { header, ...found };
    } finally {
      closeSync(file);
    }
  });
}

/** The differences between two headers, in words; the verdict may differ, since answers can be judged again. */
function differences(recorded: AnswersHeader, own: AnswersHeader): string[] {
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
  return [...new Set([...before.keys(), ...now.keys()])].flatMap((key) => {
    const [was, is] = [before.get(key), now.get(key)];
    return was === is ? [] : [`${key}: recorded ${was ?? "none"}, now ${is ?? "none"}`];
  });
}

/** Opens a file, or makes it, for the answers of an evaluation; its incomplete last line is dropped. */
function openRecorded(path: string, header: AnswersHeader) {
  const file = openSync(path, existsSync(path) ? "r+" : "w+");
  try {
    const recorded = readRecorded(file, path);
    if (recorded.header === undefined) {
      ftruncateSync(file, 0);
      return { file, recorded: undefined, at: 0 };
    }
    const found = differences(recorded.header, header);
    if (found.length > 0) {
      throw new RunError(
        `${path}: has answers of another evaluation; give another --out, or judge them again with fovea score:\n  ` +
          found.join("\n  "),
      );
    }
    ftruncateSync(file, recorded.wholeBytes);
    return { file, recorded, at: recorded.wholeBytes };
  } catch (error) {
    closeSync(file);
    throw error;
  }
}

/** An answers file, open for writing by this process alone. */
export class AnswerJournal {
  readonly path: string;
  readonly #holder: ProcessFile;
  readonly #file: number;
  readonly #answers: AnswerRecord[];
  readonly #keys: Set<string>;
  readonly #skipped: Map<number, SkippedRecord>;
  /** Bytes of a line that a crash had cut short, which were dropped. */
  readonly cutBytes: number;

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
    let opened: ReturnType<typeof openRecorded>;
    try {
      opened = onFile(path, () => openRecorded(path, header));
    } catch (error) {
      this.#holder.end();
      throw error;
    }
    this.#file = opened.file;
    this.#at = opened.at;
    this.#answers = [...(opened.recorded?.answers ?? [])];
    this.#keys = new Set(this.#answers.map(keyOf));
    this.#skipped = new Map(opened.recorded?.skipped.map((row) => [row.index, row]));
    this.cutBytes = opened.recorded?.cutBytes ?? 0;
    if (opened.recorded === undefined) this.#append(header);
  }

  #at: number;
  #isClosed = false;

  /** All answers so far, in the order in which they came. */
  get answers(): readonly AnswerRecord[] {
    return this.#answers;
  }

  /** Rows that gave no problem, so far. */
  get skipped(): readonly SkippedRecord[] {
    return [...this.#skipped.values()];
  }

  /** The record of a skipped row; undefined for any other. */
  skippedRow(index: number): SkippedRecord | undefined {
    return this.#skipped.get(index);
  }

  /** Whether this answer is recorded. */
  has(index: number, sample: number): boolean {
    return this.#keys.has(keyOf({ index, sample }));
  }

  /** Whether a row is known to give no problem. */
  isSkipped(index: number): boolean {
    return this.#skipped.has(index);
  }

  /** Records an answer that is not recorded yet. */
  add(answer: AnswerRecord): void {
    if (this.has(answer.index, answer.sample)) return;
    this.#append(answer);
    this.#keys.add(keyOf(answer));
    this.#answers.push(answer);
  }

  /** Records that a row gives no problem. */
  skip(row: SkippedRecord): void {
    if (this.isSkipped(row.index)) return;
    this.#append(row);
    this.#skipped.set(row.index, row);
  }

  /** A second call does nothing. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    closeSync(this.#file);
    this.#holder.end();
  }

  #append(line: AnswerRecord | SkippedRecord | AnswersHeader): void {
    onFile(this.path, () => {
      const bytes = Buffer.from(`${JSON.stringify(line)}\n`);
      let written = 0;
      while (written < bytes.length) {
        written += writeSync(this.#file, bytes, written, bytes.length - written, this.#at + written);
      }
      this.#at += bytes.length;
    });
  }
}
