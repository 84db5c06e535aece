/**
 * @module
 * A model's answers as a file: one JSON line a problem, written as answers arrive, complete when the command ends.
 */
import { appendFileSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Command } from "commander";
import { RunError } from "../errors/index.ts";
import type { EvaluatedAnswer } from "../eval/index.ts";

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

/** A file of answers, open for writing. */
export class AnswerFile {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
    this.#write(() => {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, "");
    });
  }

  /**
   * The file of `--out`, else a file of the run directory; none when neither is given.
   *
   * @param name of the file in the run directory
   * @throws RunError when it cannot be written
   */
  static of({ out, runDir }: AnswerFlags, name: string): AnswerFile | undefined {
    const path = out ?? (runDir === undefined ? undefined : join(runDir, name));
    return path === undefined ? undefined : new AnswerFile(path);
  }

  /** Adds one answer. */
  add({ index, problem, text, judgement, stopReason, tokens }: RecordedAnswer): void {
    const { id, kind, question, answers } = problem;
    const { extracted, score, reason } = judgement;
    const line = { problem: id, index, kind, question, answers, completion: text };
    const record = { ...line, extracted, score, reason, stopReason, tokens };
    this.#write(() => appendFileSync(this.path, `${JSON.stringify(record)}\n`));
  }

  #write(work: () => void): void {
    try {
      work();
    } catch (cause) {
      throw new RunError(`${this.path}: cannot be written: ${(cause as Error).message}`, { cause });
    }
  }
}
