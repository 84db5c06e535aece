/**
 * @module
 * Tables no wider than a page: columns that do not fit beside the others follow below, and long cells continue in the
 * next line.
 */
import type { Table } from "./table.ts";

/** Characters of a line, in a terminal and in a column of running text. */
const PAGE_WIDTH = 100;
/** Characters of a cell before it continues in the next line, where the table would be too wide otherwise. */
const CELL_WIDTH = 40;
const GAP = 2;

/** A text in lines of at most so many characters, broken between words; a longer word has a line of its own. */
function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) {
      lines[lines.length - 1] = `${last} ${word}`;
    } else lines.push(word);
  }
  return lines;
}

const widest = (texts: readonly string[]) => Math.max(0, ...texts.map((text) => text.length));

const cellsOf = ({ columns, rows }: Table, c: number) => [
  columns[c] ?? "",
  ...rows.map((row) => row[c] ?? ""),
];

/** Characters of each column as it is, and of a line. */
function naturalWidths(table: Table): { readonly widths: readonly number[]; readonly line: number } {
  const widths = table.columns.map((_, c) => widest(cellsOf(table, c)));
  return { widths, line: widths.reduce((sum, width) => sum + GAP + width, -GAP) };
}

/**
 * The table as one or several whose lines fit on a page. Each repeats the columns that name a row.
 *
 * @param pageWidth characters of a line
 */
export function fittedTables(table: Table, pageWidth = PAGE_WIDTH): Table[] {
  const { columns, rows, keys = 1 } = table;
  if (naturalWidths(table).line <= pageWidth) return [table];
  const widthOf = (c: number) => GAP + widest(cellsOf(table, c).flatMap((cell) => wrapped(cell, CELL_WIDTH)));
  const keyColumns = columns.slice(0, keys).map((_, c) => c);
  const keyWidth = keyColumns.reduce((sum, c) => sum + widthOf(c), -GAP);
  const parts: number[][] = [];
  let width = 0;
  for (let c = keys; c < columns.length; c++) {
    const part = parts.at(-1);
    const own = widthOf(c);
    if (part === undefined || keyWidth + width + own > pageWidth) {
      parts.push([c]);
      width = own;
    } else {
      part.push(c);
      width += own;
    }
  }
  return (parts.length === 0 ? [[]] : parts).map((part) => {
    const shown = [...keyColumns, ...part];
    return {
      keys,
      columns: shown.map((c) => columns[c] ?? ""),
      rows: rows.map((row) => shown.map((c) => row[c] ?? "")),
    };
  });
}

/** Lines of cells, long cells broken where the table is too wide: a row takes as many lines as its longest cell. */
export function wrappedLines(table: Table): string[][] {
  const { widths, line } = naturalWidths(table);
  const long = widths.filter((width) => width > CELL_WIDTH);
  // A single long column has all the space that the others leave.
  const space = long.length === 1 ? PAGE_WIDTH - (line - (long[0] ?? 0)) : 0;
  const limit = line <= PAGE_WIDTH ? PAGE_WIDTH : Math.max(CELL_WIDTH, space);
  return [table.columns, ...table.rows].flatMap((row) => {
    const cells = row.map((cell) => wrapped(cell, limit));
    const count = Math.max(1, ...cells.map(({ length }) => length));
    return Array.from({ length: count }, (_, i) => cells.map((lines) => lines[i] ?? ""));
  });
}
