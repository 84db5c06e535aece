/**
 * @module
 * Completions that may be learnt from again, as a file of a checkpoint: a line for each, with bitwise exact numbers.
 */
import { join } from "node:path";
import type { ReplayEntry } from "./group.ts";
import { readLines, writeLines } from "./packed-lines.ts";

const FILE = "replay.jsonl";

/** Writes entries into the directory of a checkpoint; no entries give no file. */
export async function writeEntries(directory: string, entries: readonly ReplayEntry[]): Promise<void> {
  if (entries.length > 0) await writeLines(join(directory, FILE), entries);
}

/**
 * Reads what `writeEntries` wrote, in order.
 *
 * @throws RunError when a line is invalid
 */
export async function readEntries(directory: string): Promise<ReplayEntry[]> {
  const entries: ReplayEntry[] = [];
  for await (const entry of readLines<ReplayEntry>(join(directory, FILE))) entries.push(entry);
  return entries;
}
