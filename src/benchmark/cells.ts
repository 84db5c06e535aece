/**
 * @module
 * Cells of published rows, read as what they must be. Errors name the column; the row's file and place are added where
 * rows are read.
 */
import type { Row } from "../data/index.ts";
import { DataError } from "../errors/index.ts";
import { shownValue } from "../parts/index.ts";
import { pythonList } from "./python-list.ts";

function isEmpty(cell: unknown): boolean {
  return cell === undefined || cell === null || cell === "";
}

/**
 * A cell as text; a number as it is written.
 *
 * @throws DataError when it is empty or no text
 */
export function textCell(row: Row, column: string): string {
  const cell = row[column];
  if (typeof cell === "number" || typeof cell === "bigint") return String(cell);
  if (typeof cell !== "string" || cell === "")
    throw new DataError(`${column}: expected text, got ${isEmpty(cell) ? "nothing" : shownValue(cell)}`);
  return cell;
}

/** A cell as text; undefined where it is empty. */
export function optionalTextCell(row: Row, column: string): string | undefined {
  return isEmpty(row[column]) ? undefined : textCell(row, column);
}

/**
 * A cell as a list of texts: a list, a list in a text as Python writes it, or one text.
 *
 * @throws DataError when it is empty, or holds something else
 */
export function listCell(row: Row, column: string): readonly string[] {
  const cell = row[column];
  if (!Array.isArray(cell)) {
    const text = textCell(row, column);
    return pythonList(text) ?? [text];
  }
  if (cell.length === 0) throw new DataError(`${column}: expected texts, got an empty list`);
  return cell.map((entry: unknown) => {
    if (typeof entry === "string" || typeof entry === "number" || typeof entry === "bigint")
      return String(entry);
    throw new DataError(`${column}: expected texts, got ${shownValue(entry)}`);
  });
}
