/**
 * @module
 * Replies of judges by the content of their requests, in memory and, with a directory, in a file. The file is only
 * ever appended to, one JSON line for each reply.
 */
import { createHash } from "node:crypto";
import { appendFileSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { RunError } from "../errors/index.ts";

const FILE = "judge.jsonl";

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
export function readJudgeRecords(directory: string): JudgeRecord[] {
  let text: string;
  try {
    text = readFileSync(join(directory, FILE), "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw cacheError(directory, "cannot be read", error);
  }
  return text.split("\n").flatMap((line) => {
    try {
      const parsed = recordSchema.safeParse(JSON.parse(line));
      return parsed.success ? [parsed.data] : [];
    } catch {
      return [];
    }
  });
}

export class ReplyCache {
  readonly #directory: string | undefined;
  #replies: Map<string, string> | undefined;
  #isReady = false;

  /** @param directory made when the first reply is kept; without one replies are kept in memory */
  constructor(directory: string | undefined) {
    this.#directory = directory;
  }

  /** @throws RunError when the file cannot be read */
  get(key: string): string | undefined {
    return this.#known().get(key);
  }

  /** @throws RunError when the file cannot be written */
  add(record: JudgeRecord): void {
    this.#known().set(record.key, record.reply);
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
    this.#replies ??= new Map(
      this.#directory === undefined
        ? []
        : readJudgeRecords(this.#directory).map(({ key, reply }) => [key, reply]),
    );
    return this.#replies;
  }
}

/** Makes the directory, and ends a last line that was cut off. */
function prepareToAppend(directory: string): void {
  mkdirSync(directory, { recursive: true });
  const path = join(directory, FILE);
  appendFileSync(path, "");
  const text = readFileSync(path, "utf8");
  if (text !== "" && !text.endsWith("\n")) appendFileSync(path, "\n");
}

function cacheError(directory: string, problem: string, error: unknown): RunError {
  const cause = error as NodeJS.ErrnoException;
  return new RunError(`judge cache ${join(directory, FILE)}: ${problem}: ${cause.message}`, { cause });
}
