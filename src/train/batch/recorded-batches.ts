/**
 * @module
 * Batches that were sampled ahead, as a file of a checkpoint: a line for each group, with bitwise exact numbers.
 * Problems, prompts and rewards are not stored, since they follow from the position in the stream of problems.
 */
import { join } from "node:path";
import type { Completion } from "../../engine/index.ts";
import type { RecordedBatch } from "./batches-ahead.ts";
import { readLines, writeLines } from "./packed-lines.ts";

const FILE = "ahead.jsonl";

/** One line. */
interface Line {
  readonly iteration: number;
  readonly version: number;
  readonly completions: readonly Completion[];
}

function* linesOf(batches: readonly RecordedBatch[]): Generator<Line> {
  for (const { iteration, version, completions } of batches) {
    for (const group of completions) yield { iteration, version, completions: group };
  }
}

/** Writes batches into the directory of a checkpoint; no batches give no file. */
export async function writeRecorded(directory: string, batches: readonly RecordedBatch[]): Promise<void> {
  if (batches.length > 0) await writeLines(join(directory, FILE), linesOf(batches));
}

/**
 * Reads what `writeRecorded` wrote, in order.
 *
 * @throws RunError when a line is invalid
 */
export async function readRecorded(directory: string): Promise<RecordedBatch[]> {
  const batches: (Omit<RecordedBatch, "completions"> & { completions: (readonly Completion[])[] })[] = [];
  for await (const { iteration, version, completions } of readLines<Line>(join(directory, FILE))) {
    const last = batches.at(-1);
    if (last?.iteration === iteration) last.completions.push(completions);
    else batches.push({ iteration, version, completions: [completions] });
  }
  return batches;
}
