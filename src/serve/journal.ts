/**
 * @module
 * What the server must not forget, as a file of JSON lines that only grows: sessions, models, checkpoints, sampling
 * sessions and results. A line is written in one call; a last line that a crash cut short is left out when it is read.
 * When the server starts, the file is written anew with what still counts.
 */
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, statSync, writeSync } from "node:fs";
import { join } from "node:path";
import { RunError } from "../errors/index.ts";
import { replaceFile } from "../model/index.ts";
import { Refusal } from "./refusal.ts";
import type { LoraRequest } from "./served-model.ts";

/** What a sampling session samples from. */
export type SamplerSource =
  | { readonly kind: "base"; readonly baseModel: string }
  | { readonly kind: "checkpoint"; readonly baseModel: string; readonly path: string }
  /** Weights of a model as they were after so many steps. */
  | {
      readonly kind: "model";
      readonly baseModel: string;
      readonly model: string;
      readonly version: number;
      readonly lora?: LoraRequest | undefined;
    };

/** One line. */
export type JournalEntry =
  | { readonly kind: "session"; readonly id: string }
  | { readonly kind: "session-end"; readonly id: string }
  /** A model with the rank of LoRA that was asked for, and the adapters that it has. */
  | {
      readonly kind: "model";
      readonly id: string;
      readonly session: string;
      readonly baseModel: string;
      readonly rank: number;
      readonly lora?: LoraRequest | undefined;
      readonly valueHead: boolean;
    }
  | { readonly kind: "model-end"; readonly id: string }
  /** A model put down when the server ended in order, to be taken up again. */
  | {
      readonly kind: "rested";
      readonly id: string;
      readonly directory: string;
      readonly nextSequence: number;
      readonly version: number;
    }
  | {
      readonly kind: "checkpoint";
      readonly path: string;
      readonly type: "training" | "sampler";
      readonly model: string;
      readonly baseModel: string;
      readonly rank: number;
      readonly lora?: LoraRequest | undefined;
      readonly directory: string;
      readonly at: string;
    }
  | { readonly kind: "checkpoint-end"; readonly path: string }
  | {
      readonly kind: "sampler";
      readonly id: string;
      readonly session: string;
      readonly source: SamplerSource;
    }
  | {
      readonly kind: "result";
      readonly id: string;
      /** What makes a request the same request; absent where none does. */
      readonly key?: string | undefined;
      readonly digest?: string | undefined;
      readonly session: string;
      readonly result: object;
    };

export type EntryOf<K extends JournalEntry["kind"]> = Extract<JournalEntry, { readonly kind: K }>;

const FILE = "journal.jsonl";

/** Writes a line and gives the number of its bytes that were written; tests have full disks. */
type LineWriter = (
  file: number,
  line: Uint8Array,
  write: (file: number, line: Uint8Array) => number,
) => number;

/** The journal of one state directory. */
export class Journal {
  readonly path: string;
  #file: number | undefined;
  /** Whether the last line may have been written in part. */
  #isCut = false;
  #bytes = 0;

  readonly #write: LineWriter;

  /**
   * @param write writes a line with the function that it is given
   * @throws RunError when the directory cannot be made
   */
  constructor(directory: string, write: LineWriter = (file, line, writeTo) => writeTo(file, line)) {
    this.#write = write;
    try {
      mkdirSync(directory, { recursive: true });
    } catch (cause) {
      throw new RunError(`${directory}: cannot be made: ${(cause as Error).message}`, { cause });
    }
    this.path = join(directory, FILE);
  }

  /**
   * Every whole line, oldest first; those that a crash or a full disk cut short are left out.
   *
   * @throws RunError when the file cannot be read
   */
  read(): JournalEntry[] {
    let text: string;
    try {
      text = readFileSync(this.path, "utf8");
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === "ENOENT") return [];
      throw new RunError(`${this.path}: cannot be read: ${(cause as Error).message}`, { cause });
    }
    return text.split("\n").flatMap((line) => {
      if (line === "") return [];
      try {
        return [JSON.parse(line) as JournalEntry];
      } catch {
        return [];
      }
    });
  }

  /** Writes the file anew and opens it for more. */
  begin(entries: readonly JournalEntry[]): void {
    replaceFile(
      this.path,
      entries.map((entry) => `${JSON.stringify(entry)}\n`),
    );
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = openSync(this.path, "a");
    this.#isCut = false;
    this.#bytes = statSync(this.path).size;
  }

  /** Size of the file. */
  get bytes(): number {
    return this.#bytes;
  }

  /**
   * Adds a line.
   *
   * @throws Refusal when the disk is full
   */
  add(entry: JournalEntry): void {
    if (this.#file === undefined) return;
    try {
      const line = Buffer.from(`${this.#isCut ? "\n" : ""}${JSON.stringify(entry)}\n`);
      this.#isCut = true;
      const written = this.#write(this.#file, line, writeSync);
      if (written < line.length) throw Object.assign(new Error("cut short"), { code: "ENOSPC" });
      this.#isCut = false;
      this.#bytes += written;
    } catch (cause) {
      const { code, message } = cause as NodeJS.ErrnoException;
      throw new Refusal("storage", code === "ENOSPC" ? "no space left on the server's disk" : message);
    }
  }

  close(): void {
    if (this.#file === undefined) return;
    fsyncSync(this.#file);
    closeSync(this.#file);
    this.#file = undefined;
  }
}
