/**
 * @module
 * The accepted answers of a published row.
 */
import type { Row } from "../data/index.ts";
import { DataError } from "../errors/index.ts";
import { shownValue } from "../parts/index.ts";
import { requiredText } from "./cells.ts";
import { pythonList } from "./python/list.ts";

/**
 * The answers in a cell: a list, a list in a text as Python writes it, or one text.
 *
 * @throws DataError when it is empty, or holds something else
 */
export function acceptedAnswers(row: Row, column: string): readonly string[] {
  const cell = row[column];
  if (!Array.isArray(cell)) {
    const text = requiredText(row, column);
    return pythonList(text) ?? [text];
  }
  if (cell.length === 0) throw new DataError(`${column}: expected texts, got an empty list`);
  return cell.map((entry: unknown) => {
    if (typeof entry === "string" || typeof entry === "number" || typeof entry === "bigint")
      return String(entry);
    throw new DataError(`${column}: expected texts, got ${shownValue(entry)}`);
  });
}
