/**
 * @module
 * Cells of published rows as text. An empty cell, and the `nan` that pandas writes for one, is missing.
 */
import { literalIn, type Row } from "../data/index.ts";
import { DataError } from "../errors/index.ts";
import { shownValue } from "../parts/index.ts";

/** A cell as text; undefined where it is missing. */
export function textIn(row: Row, column: string): string | undefined {
  const cell = row[column];
  if (cell === undefined || cell === null || (typeof cell === "number" && Number.isNaN(cell)))
    return undefined;
  if (
    typeof cell !== "string" &&
    typeof cell !== "number" &&
    typeof cell !== "bigint" &&
    typeof cell !== "boolean"
  ) {
    throw new DataError(`${column}: expected a text, got ${Array.isArray(cell) ? "a list" : typeof cell}`);
  }
  const text = String(cell);
  return text.trim() === "" || text === "nan" ? undefined : text;
}

/**
 * A cell as text.
 *
 * @throws DataError when it is missing
 */
export function requiredText(row: Row, column: string): string {
  const text = textIn(row, column);
  if (text === undefined) throw new DataError(`${column}: is missing`);
  return text;
}

/**
 * A cell that is one of a few texts, in any case.
 *
 * @returns the text as it is expected
 * @throws DataError when it is another
 */
export function oneOf<Value extends string>(row: Row, column: string, values: readonly Value[]): Value {
  const text = requiredText(row, column).trim();
  const found = values.find((value) => value.toLowerCase() === text.toLowerCase());
  if (found === undefined) {
    throw new DataError(
      `${column}: expected ${values.join(" or ")}, got ${JSON.stringify(text.slice(0, 80))}`,
    );
  }
  return found;
}

/**
 * A cell that is a struct, or a dict in a text as Python or JSON writes it.
 *
 * @param expected its fields in words
 * @throws DataError when it is missing or anything else
 */
export function structIn(row: Row, column: string, expected: string): Row {
  const cell = row[column];
  const value: unknown = typeof cell === "string" ? literalIn(cell) : cell;
  if (typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array))
    return value as Row;
  throw new DataError(`${column}: expected ${expected}, got ${shownValue(cell)}`);
}
