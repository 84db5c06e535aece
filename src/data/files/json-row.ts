/**
 * @module
 * One row as JSON text.
 */
import { DataError } from "../../errors/index.ts";
import type { Row } from "./table.ts";

/**
 * The object that a row's text is.
 *
 * @param place names the row in errors
 * @throws DataError when it is no JSON, or no object
 */
export function jsonRow(text: string, place: string): Row {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new DataError(`${place}: is no JSON: ${(cause as Error).message.slice(0, 200)}`, { cause });
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    const got = value === null ? "null" : Array.isArray(value) ? "a list" : `a ${typeof value}`;
    throw new DataError(`${place}: expected a JSON object, got ${got}`);
  }
  return value as Row;
}
