/**
 * @module
 * Recorded answers as outside judges take them: one to each problem.
 */
import type { AnswerRecord } from "../benchmark/answer-record.ts";

/** One answer to each problem. */
export interface Sample {
  /** Which of the answers, from 0; undefined where there is one. */
  readonly number: number | undefined;
  /** In the order of problems. */
  readonly answers: readonly AnswerRecord[];
}

/** The answers of each sample. */
export function samplesOf(answers: readonly AnswerRecord[]): Sample[] {
  const bySample = new Map<number, AnswerRecord[]>();
  for (const answer of answers) {
    const own = bySample.get(answer.sample) ?? [];
    own.push(answer);
    bySample.set(answer.sample, own);
  }
  return [...bySample]
    .sort(([a], [b]) => a - b)
    .map(([number, own]) => ({
      number: bySample.size === 1 ? undefined : number,
      answers: own.sort((a, b) => a.index - b.index),
    }));
}

/** A model's name in names of files and on command lines: letters, digits, dots and dashes. */
export function fileName(model: string): string {
  return model.replaceAll(/[^A-Za-z0-9.]+/g, "-").replaceAll(/^[-.]+|-+$/g, "") || "model";
}

/** A file of predictions. */
export interface PredictionFile {
  readonly path: string;
  /** The model's name for the tool, which of several samples is part of. */
  readonly model: string;
  readonly answers: number;
}

/** Files of predictions, and the data set that a tool scores them as. */
export interface PredictionFiles {
  readonly dataset: string;
  readonly files: readonly PredictionFile[];
  /** A command of the tool's own for each file. */
  readonly commands: readonly string[];
}
