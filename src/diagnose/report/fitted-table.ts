/**
 * @module
 * Tables no wider than a page: columns that do not fit beside the others follow below, and long cells go on in the next
 * line.
 */
import type { Table } from "./table.ts";

/** Characters of a line, in a terminal and in a column of running text. */
const PAGE_WIDTH = 100;
/** Characters of a cell before it goes on in the next line. */
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

/**
 * The table as one or several whose lines fit on a page. Each repeats the columns that name a row.
 *
 * @param pageWidth characters of a line
 */
export function fittedTables({ columns, rows, keys = 1 }: Table, pageWidth = PAGE_WIDTH): Table[] {
  const widthOf = (c: number) => {
    const cells = [columns[c] ?? "", ...rows.map((row) => row[c] ?? "")];
    return GAP + widest(cells.flatMap((cell) => wrapped(cell, CELL_WIDTH)));
  };
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

/** Lines of cells with the long ones broken: a row takes as many lines as its longest cell. */
export function wrappedLines({ columns, rows }: Table): string[][] {
  return [columns, ...rows].flatMap((row) => {
    const cells = row.map((cell) => wrapped(cell, CELL_WIDTH));
    const count = Math.max(1, ...cells.map(({ length }) => length));
    return Array.from({ length: count }, (_, line) => cells.map((lines) => lines[line] ?? ""));
  });
}
