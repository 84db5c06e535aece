/**
 * @module
 * A model's answers as a file: one JSON line a problem, written as answers arrive, complete when the command ends.
 */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Command } from "commander";
import { RunError } from "../errors/index.ts";
import type { EvaluatedAnswer } from "../eval/index.ts";
import { requireWritableFile } from "../model/index.ts";
import { requireNew } from "./require-new.ts";

/** The flags for the answers file. */
export interface AnswerFlags {
  readonly out?: string;
  readonly runDir?: string;
}

/** Adds `--out`. */
export function addAnswersOption(command: Command): Command {
  return command.option(
    "--out <file>",
    "write every answer into this file, JSON lines; default: a file of the run directory",
  );
}

/** One recorded answer. */
export type RecordedAnswer = Omit<EvaluatedAnswer, "tokens"> & { readonly tokens: number };

/** A file of answers, to which each is added as it arrives. */
export class AnswerFile {
  readonly path: string;
  #isBegun: boolean;
  #added = 0;

  private constructor(path: string, isBegun: boolean) {
    this.path = path;
    this.#isBegun = isBegun;
  }

  /**
   * The file of `--out`, which is made at once, else a file of the run directory, which the first answer replaces; none when
   * neither is given.
   *
   * @param name of the file in the run directory
   * @throws ConfigError when the file of `--out` exists
   * @throws RunError when it cannot be written
   */
  static of({ out, runDir }: AnswerFlags, name: string): AnswerFile | undefined {
    if (out !== undefined) {
      requireNew(out, "recorded answers");
      onFile(out, () => {
        mkdirSync(dirname(out), { recursive: true });
        writeFileSync(out, "", { flag: "wx" });
      });
      return new AnswerFile(out, true);
    }
    if (runDir === undefined) return undefined;
    const path = join(runDir, name);
    requireWritableFile(path);
    return new AnswerFile(path, false);
  }

  /** Adds one answer. */
  add({ index, problem, text, judgement, stopReason, tokens }: RecordedAnswer): void {
    const { id, kind, question, answers } = problem;
    const { extracted, score, reason } = judgement;
    const line = { problem: id, index, kind, question, answers, completion: text };
    const record = { ...line, extracted, score, reason, stopReason, tokens };
    onFile(this.path, () =>
      writeFileSync(this.path, `${JSON.stringify(record)}\n`, { flag: this.#isBegun ? "a" : "w" }),
    );
    this.#isBegun = true;
    this.#added += 1;
  }

  /** Removes a file that this command made, and that has no answer. */
  close(): void {
    if (this.#isBegun && this.#added === 0) rmSync(this.path, { force: true });
  }
}

function onFile(path: string, work: () => void): void {
  try {
    work();
  } catch (cause) {
    throw new RunError(`${path}: cannot be written: ${(cause as Error).message}`, { cause });
  }
}
