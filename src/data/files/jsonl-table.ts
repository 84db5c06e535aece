/**
 * @module
 * JSON lines: one object a line. Blank lines count as lines, but not as rows.
 */
import { markLength } from "./byte-order-mark.ts";
import { FileWindow } from "./file-window.ts";
import { jsonRow } from "./json-row.ts";
import { type RegularFile, regularFile, scanFile } from "./regular-file.ts";
import { ROW_WINDOW, RowIndex } from "./row-index.ts";
import type { Table } from "./table.ts";

const NEWLINE = 0x0a;
/** Whether a byte is blank in JSON. */
const isBlank = (byte: number | undefined) => byte === 0x20 || byte === 0x09 || byte === 0x0d;

/** Finds the lines of a file. */
async function indexLines(file: RegularFile): Promise<{ index: RowIndex; fingerprint: string }> {
  const index = new RowIndex();
  let line = 1;
  let start = 0;
  let isEmpty = true;
  const endLine = (end: number) => {
    if (!isEmpty) index.add(start, end, line);
    line += 1;
    start = end + 1;
    isEmpty = true;
  };
  const fingerprint = await scanFile(file, (piece, at) => {
    let from = at === 0 ? markLength(piece) : 0;
    if (at === 0) start = from;
    while (from < piece.length) {
      const found = piece.indexOf(NEWLINE, from);
      const end = found < 0 ? piece.length : found;
      for (let i = from; isEmpty && i < end; i++) isEmpty = isBlank(piece[i]);
      if (found < 0) break;
      endLine(at + found);
      from = found + 1;
    }
  });
  if (start < file.size) endLine(file.size);
  return { index, fingerprint };
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
  const window = new FileWindow(file, ROW_WINDOW);
  const place = (row: number) => `${path} line ${index.line(row)}`;
  return {
    path,
    format: "jsonl",
    size: index.size,
    fingerprint,
    columns: undefined,
    place,
    row: async (row) => jsonRow(await index.text(window, row, maxRowBytes, place(row)), place(row)),
  };
}
