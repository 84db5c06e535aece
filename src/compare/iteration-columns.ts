/**
 * @module
 * The numbers of a finished run's metrics.jsonl as columns.
 */
import { readFileSync } from "node:fs";
import { RunError } from "../errors/index.ts";
import { dottedValues, isSettings } from "../parts/index.ts";

/** File of a run directory with its metrics. */
export const METRICS = "metrics.jsonl";

/** `[iterations]` numbers by dotted key; null where an iteration has none. */
export type IterationColumns = Readonly<Record<string, readonly (number | null)[]>>;

/** Numbers of one record by dotted key. */
const numbers = (record: unknown) => dottedValues(record).filter(([, value]) => typeof value === "number");

/**
 * The records of a text of JSON lines.
 *
 * @param file names the text in errors
 * @throws RunError when a line is not JSON
 */
export function jsonRecords(text: string, file: string): unknown[] {
  return text.split("\n").flatMap((line, i): unknown[] => {
    if (line === "") return [];
    try {
      return [JSON.parse(line)];
    } catch (error) {
      throw new RunError(`${file}: line ${i + 1} is no JSON`, { cause: error });
    }
  });
}

/**
 * Numbers of the iterations of a run.
 *
 * @throws RunError when a line is not JSON
 */
export function iterationColumns(file: string): IterationColumns {
  const rows = jsonRecords(readFileSync(file, "utf8"), file).flatMap((record): Record<string, number>[] => {
    const isIteration = isSettings(record) && record["event"] === "iteration";
    return isIteration ? [Object.fromEntries(numbers(record)) as Record<string, number>] : [];
  });
  const keys = new Set(rows.flatMap((row) => Object.keys(row)));
  return Object.fromEntries([...keys].map((key) => [key, rows.map((row) => row[key] ?? null)]));
}
