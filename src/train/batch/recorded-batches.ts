/**
 * @module
 * Batches that were sampled ahead, as a file of a checkpoint: a line for each group, with bitwise exact numbers.
 * Problems, prompts and rewards are not stored, since they follow from the position in the stream of problems.
 */
import { createReadStream, createWriteStream, existsSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Completion } from "../../engine/index.ts";
import { RunError } from "../../errors/index.ts";
import type { RecordedBatch } from "./batches-ahead.ts";
import { packed, unpacked } from "./packed-arrays.ts";

const FILE = "ahead.jsonl";

/** One line. */
interface Line {
  readonly iteration: number;
  readonly version: number;
  readonly completions: readonly Completion[];
}

function* linesOf(batches: readonly RecordedBatch[]): Generator<string> {
  for (const { iteration, version, completions } of batches) {
    for (const group of completions) {
      const line: Line = { iteration, version, completions: group };
      yield `${JSON.stringify(line, packed)}\n`;
    }
  }
}

/** Writes batches into the directory of a checkpoint; no batches give no file. */
export async function writeRecorded(directory: string, batches: readonly RecordedBatch[]): Promise<void> {
  if (batches.length === 0) return;
  await pipeline(Readable.from(linesOf(batches)), createWriteStream(join(directory, FILE)));
}

/**
 * Reads what `writeRecorded` wrote, in order.
 *
 * @throws RunError when a line is invalid
 */
export async function readRecorded(directory: string): Promise<RecordedBatch[]> {
  const path = join(directory, FILE);
  if (!existsSync(path)) return [];
  const batches: (Omit<RecordedBatch, "completions"> & { completions: (readonly Completion[])[] })[] = [];
  let number = 0;
  for await (const text of createInterface({ input: createReadStream(path), crlfDelay: Infinity })) {
    number++;
    let line: Line;
    try {
      line = JSON.parse(text, unpacked) as Line;
    } catch (cause) {
      throw new RunError(`${path}: line ${number} is invalid`, { cause });
    }
    const { iteration, version, completions } = line;
    const last = batches.at(-1);
    if (last?.iteration === iteration) last.completions.push(completions);
    else batches.push({ iteration, version, completions: [completions] });
  }
  return batches;
}
