/**
 * @module
 * Cells that hold several texts, and measures over them.
 */
import type { Row } from "../data/index.ts";
import { DataError } from "../errors/index.ts";
import { shownValue } from "../parts/index.ts";
import type { Measure, ScoredAnswer } from "./benchmark.ts";
import { accuracy } from "./measures.ts";
import { pythonList } from "./python/list.ts";

/**
 * The entries of a list as texts. A null is "", a gap among options; nulls at the end are left out.
 *
 * @throws DataError where an entry is a list or a struct
 */
export function entriesAsTexts(list: readonly unknown[], column: string): string[] {
  const end = list.findLastIndex((entry) => entry !== null && entry !== undefined) + 1;
  return list.slice(0, end).map((entry) => {
    if (entry === null || entry === undefined) return "";
    if (typeof entry === "string") return entry;
    if (typeof entry === "object") throw new DataError(`${column}: expected texts, got ${shownValue(entry)}`);
    return String(entry as number | bigint | boolean);
  });
}

/**
 * A cell's texts: a list as parquet has it, or as Python writes it into a text; none where the cell is empty.
 *
 * @throws DataError where it is something else
 */
export function textsIn(row: Row, column: string): string[] {
  const cell = row[column];
  if (cell === undefined || cell === null || cell === "" || cell === "nan") return [];
  const list = typeof cell === "string" ? pythonList(cell) : cell;
  if (!Array.isArray(list)) {
    const got = typeof cell === "string" ? JSON.stringify(cell.slice(0, 80)) : typeof cell;
    throw new DataError(`${column}: expected a list, got ${got}`);
  }
  return entriesAsTexts(list as readonly unknown[], column);
}

/** The values of a column of a problem: each entry of a list counts. */
function valuesOf({ problem }: ScoredAnswer, column: string): string[] {
  const cell = problem.columns[column];
  if (cell === undefined || cell === null || cell === "") return [];
  const text = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));
  return Array.isArray(cell) ? cell.map(text) : [text(cell)];
}

/** The accuracy by each value of some columns, as "task: geometry"; a problem with a list counts for each entry. */
export function accuracyByColumns(answers: readonly ScoredAnswer[], columns: readonly string[]): Measure[] {
  return columns.flatMap((column) => {
    const groups = new Map<string, ScoredAnswer[]>();
    for (const answer of answers) {
      for (const value of valuesOf(answer, column)) {
        const group = groups.get(value);
        if (group === undefined) groups.set(value, [answer]);
        else group.push(answer);
      }
    }
    return [...groups]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([value, group]) => accuracy(group, `${column}: ${value}`));
  });
}
