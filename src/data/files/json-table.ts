/**
 * @module
 * A file that is one JSON list of objects, as LLaVA's data are: read entry by entry, never as a whole. A file
 * that begins with an object is JSON lines, for any ending of its name.
 */
import { DataError } from "../../errors/index.ts";
import { markLength } from "./byte-order-mark.ts";
import { FileWindow } from "./file-window.ts";
import { JsonListScanner } from "./json-list-scanner.ts";
import { jsonRow } from "./json-row.ts";
import { openJsonl } from "./jsonl-table.ts";
import { readBytes, regularFile, scanFile } from "./regular-file.ts";
import { ROW_WINDOW, RowIndex } from "./row-index.ts";
import type { Table } from "./table.ts";

/** Bytes among which the first that is not blank is looked for. */
const HEAD = 4096;

/**
 * Opens a JSON file: one pass over it, after which entries are read one by one.
 *
 * @param maxRowBytes longer entries are broken rows
 * @throws DataError when the file cannot be read, or is neither a list from its first to its last byte nor lines
 */
export async function openJson(path: string, maxRowBytes: number): Promise<Table> {
  const file = await regularFile(path);
  const head = await readBytes(file, 0, Math.min(HEAD, file.size));
  const skipped = markLength(head);
  const start = String.fromCharCode(...head.subarray(skipped));
  if (/^\s*\{\s*\n\s*"/.test(start))
    throw new DataError(
      `${path}: expected a list of rows, or one object a line, got an object over several lines: if the list is within ` +
        "it, write the list alone",
    );
  if (/^\s*\{/.test(start)) return openJsonl(path, maxRowBytes);
  const index = new RowIndex();
  const scanner = new JsonListScanner(({ start, end, line }) =>
    index.add(start + skipped, end + skipped, line),
  );
  const fingerprint = await scanFile(file, (piece, at) =>
    scanner.push(at === 0 ? piece.subarray(skipped) : piece),
  );
  const fault = scanner.fault();
  if (fault !== undefined) throw new DataError(`${path}: cannot be read as a JSON list: ${fault}`);
  const window = new FileWindow(file, ROW_WINDOW);
  const place = (row: number) => `${path} row ${row + 1} (line ${index.line(row)})`;
  return {
    path,
    format: "json",
    size: index.size,
    fingerprint,
    columns: undefined,
    place,
    row: async (row) => jsonRow(await index.text(window, row, maxRowBytes, place(row)), place(row)),
  };
}
