/**
 * @module
 * The numbers of a finished run's metrics.jsonl as columns.
 */
import { readFileSync } from "node:fs";
import { RunError } from "../errors/index.ts";
import { isSettings } from "../parts/index.ts";

/** File of a run directory with its metrics. */
export const METRICS = "metrics.jsonl";

/** `[iterations]` numbers by dotted key; null where an iteration has none. */
export type IterationColumns = Readonly<Record<string, readonly (number | null)[]>>;

/** Numbers of one record by dotted key. */
function numbers(value: unknown, path = ""): [string, number][] {
  if (typeof value === "number") return [[path, value]];
  if (!isSettings(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    numbers(inner, path === "" ? key : `${path}.${key}`),
  );
}

/**
 * Numbers of the iterations of a run.
 *
 * @throws RunError when a line is no JSON
 */
export function iterationColumns(file: string): IterationColumns {
  const rows = readFileSync(file, "utf8")
    .split("\n")
    .flatMap((line, i): Record<string, number>[] => {
      if (line === "") return [];
      let record: unknown;
      try {
        record = JSON.parse(line);
      } catch (error) {
        throw new RunError(`${file}: line ${i + 1} is no JSON`, { cause: error });
      }
      const isIteration = isSettings(record) && record["event"] === "iteration";
      return isIteration ? [Object.fromEntries(numbers(record))] : [];
    });
  const keys = new Set(rows.flatMap((row) => Object.keys(row)));
  return Object.fromEntries([...keys].map((key) => [key, rows.map((row) => row[key] ?? null)]));
}
