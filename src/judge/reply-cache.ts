/**
 * @module
 * Replies of judges by the content of their requests, in memory and, with a directory, in a file. The file is only
 * ever appended to, one JSON line for each reply.
 */
import { createHash } from "node:crypto";
import { appendFileSync, closeSync, fstatSync, mkdirSync, openSync, readSync, writeSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { RunError } from "../errors/index.ts";
import { fileLines } from "../files/index.ts";

const FILE = "judge.jsonl";
const NEWLINE = 0x0a;
/** Replies kept in memory where there is no file. */
const MOST_REPLIES = 10_000;

const recordSchema = z.object({
  key: z.string(),
  model: z.string(),
  served: z.string().optional(),
  prompt: z.string(),
  step: z.enum(["extract", "decide"]),
  question: z.string(),
  answers: z.array(z.string()),
  extracted: z.string().nullable(),
  reply: z.string(),
  score: z.number().nullable().optional(),
  rule: z.number().nullable().optional(),
  tokens: z.number().optional(),
});

/** One reply of a judge, as its line in judge.jsonl. */
export interface JudgeRecord {
  /** SHA-256 of all that the reply depends on. */
  readonly key: string;
  /** The model that was asked for. */
  readonly model: string;
  /** The model that replied, by the server's own word. */
  readonly served?: string | undefined;
  /** Name of the prompt; "own" for a user's. */
  readonly prompt: string;
  readonly step: "extract" | "decide";
  readonly question: string;
  readonly answers: readonly string[];
  /** The answer before this step: by the rule, or by an earlier step. */
  readonly extracted: string | null;
  readonly reply: string;
  /** The verdict; null if the reply is not a verdict, absent if another step decides. */
  readonly score?: number | null | undefined;
  /** The score of the rule verdict, where it is known. */
  readonly rule?: number | null | undefined;
  readonly tokens?: number | undefined;
}

/** The key of a request: the SHA-256 of its parts. */
export function replyKey(parts: object): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}

/** The records in a directory; lines that cannot be read, such as one cut off by a crash, are left out. */
export function* judgeRecords(directory: string): Generator<JudgeRecord> {
  let file: number | undefined;
  try {
    file = openSync(join(directory, FILE), "r");
    const lines = fileLines(file);
    for (let isLast = false; !isLast; ) {
      const next = lines.next();
      isLast = next.done === true;
      const record = recordOf(next.value.toString());
      if (record !== undefined) yield record;
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
    throw cacheError(directory, "cannot be read", error);
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

function recordOf(line: string): JudgeRecord | undefined {
  try {
    return recordSchema.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}

export class ReplyCache {
  readonly #directory: string | undefined;
  readonly #most: number;
  #replies: Map<string, string> | undefined;
  #isReady = false;

  /**
   * @param directory made when the first reply is kept; without one replies are kept in memory
   * @param most replies kept in memory where there is no directory, by their last use
   */
  constructor(directory: string | undefined, most = MOST_REPLIES) {
    this.#directory = directory;
    this.#most = directory === undefined ? most : Infinity;
  }

  /** @throws RunError when the file cannot be read */
  get(key: string): string | undefined {
    const reply = this.#known().get(key);
    if (reply !== undefined) this.#use(key, reply);
    return reply;
  }

  #use(key: string, reply: string): void {
    const known = this.#known();
    known.delete(key);
    known.set(key, reply);
    if (known.size <= this.#most) return;
    const [oldest] = known.keys();
    known.delete(oldest!);
  }

  /** @throws RunError when the file cannot be written */
  add(record: JudgeRecord): void {
    this.#use(record.key, record.reply);
    if (this.#directory === undefined) return;
    try {
      if (!this.#isReady) prepareToAppend(this.#directory);
      this.#isReady = true;
      appendFileSync(join(this.#directory, FILE), `${JSON.stringify(record)}\n`);
    } catch (error) {
      throw cacheError(this.#directory, "cannot be written", error);
    }
  }

  #known(): Map<string, string> {
    if (this.#replies !== undefined) return this.#replies;
    this.#replies = new Map();
    if (this.#directory !== undefined) {
      for (const { key, reply } of judgeRecords(this.#directory)) this.#replies.set(key, reply);
    }
    return this.#replies;
  }
}

/** Makes the directory, and ends a last line that was cut off. */
function prepareToAppend(directory: string): void {
  mkdirSync(directory, { recursive: true });
  const file = openSync(join(directory, FILE), "a+");
  try {
    const { size } = fstatSync(file);
    const last = Buffer.alloc(1);
    if (size > 0 && readSync(file, last, 0, 1, size - 1) === 1 && last[0] !== NEWLINE) writeSync(file, "\n");
  } finally {
    closeSync(file);
  }
}

function cacheError(directory: string, problem: string, error: unknown): RunError {
  const cause = error as NodeJS.ErrnoException;
  return new RunError(`judge cache ${join(directory, FILE)}: ${problem}: ${cause.message}`, { cause });
}
