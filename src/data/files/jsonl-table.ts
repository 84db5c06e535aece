/**
 * @module
 * JSON lines: one object a line. Empty lines count as lines, but not as rows.
 */
import { DataError } from "../../errors/index.ts";
import { type RegularFile, regularFile, scanFile } from "./regular-file.ts";
import { RowIndex } from "./row-index.ts";
import type { Row, Table } from "./table.ts";

const NEWLINE = 0x0a;
const RETURN = 0x0d;

/** Finds the lines of a file. */
async function indexLines(file: RegularFile): Promise<{ index: RowIndex; fingerprint: string }> {
  const index = new RowIndex();
  let line = 1;
  let start = 0;
  let first = NEWLINE;
  const endLine = (end: number) => {
    const isEmpty = end === start || (end === start + 1 && first === RETURN);
    if (!isEmpty) index.add(start, end, line);
    line += 1;
    start = end + 1;
  };
  const fingerprint = await scanFile(file, (piece, at) => {
    let from = 0;
    while (from < piece.length) {
      if (at + from === start) first = piece[from]!;
      const found = piece.indexOf(NEWLINE, from);
      if (found < 0) break;
      endLine(at + found);
      from = found + 1;
    }
  });
  if (start < file.size) endLine(file.size);
  return { index, fingerprint };
}

function parsed(text: string, place: string): Row {
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

/**
 * Opens a jsonl file: one pass over it, after which rows are read one by one.
 *
 * @param maxRowBytes longer lines are broken rows
 * @throws DataError when the file cannot be read
 */
export async function openJsonl(path: string, maxRowBytes: number): Promise<Table> {
  const file = await regularFile(path);
  const { index, fingerprint } = await indexLines(file);
  const place = (row: number) => `${path} line ${index.line(row)}`;
  return {
    path,
    format: "jsonl",
    size: index.size,
    fingerprint,
    columns: undefined,
    place,
    row: async (row) => parsed(await index.text(file, row, maxRowBytes, place(row)), place(row)),
  };
}
