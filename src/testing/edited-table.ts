/**
 * @module
 * A tab-separated table with cells changed, for tests of broken files.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { temporaryDirectory } from "./temporary-directory.ts";

export type TableRow = Readonly<Record<string, string>>;

/** Rows of cells; a cell in quotes may hold tabs, line feeds and doubled quotes. */
function cellsOf(text: string): string[][] {
  const rows: string[][] = [[]];
  for (const [, quoted, plain = "", end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^\t\n"]*))(\t|\n|$)/g)) {
    rows.at(-1)!.push(quoted?.replaceAll('""', '"') ?? plain);
    if (end === "\n") rows.push([]);
    if (end === "") break;
  }
  return rows.filter((cells) => cells.length > 1);
}

/** A copy of a table under the same name, each row changed, and its path. */
export function editedTable(path: string, change: (row: TableRow, index: number) => TableRow): string {
  const [header = [], ...rows] = cellsOf(readFileSync(path, "utf8"));
  const changed = rows.map((cells, index) =>
    change(Object.fromEntries(header.map((name, i) => [name, cells[i] ?? ""])), index),
  );
  const names = Object.keys(changed[0]!);
  const quoted = (cell: string) => (/[\t\n"]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
  const lines = [names, ...changed.map((row) => names.map((name) => row[name] ?? ""))];
  const copy = join(temporaryDirectory(), basename(path));
  writeFileSync(copy, lines.map((cells) => `${cells.map(quoted).join("\t")}\n`).join(""));
  return copy;
}
