/**
 * @module
 * Tab- or comma-separated values with a header. Fields may be quoted, and then hold delimiters and newlines.
 */
import { parse } from "csv-parse/sync";
import { DataError } from "../../errors/index.ts";
import { markLength } from "./byte-order-mark.ts";
import { DelimitedScanner, type FoundRecord } from "./delimited-scanner.ts";
import { FileWindow } from "./file-window.ts";
import { type RegularFile, regularFile, scanFile } from "./regular-file.ts";
import { ROW_WINDOW, RowIndex } from "./row-index.ts";
import type { Table } from "./table.ts";

const DELIMITERS = { tsv: "\t", csv: "," } as const;
/** The column that names rows in a TSV in which a row may use another row's images. */
const INDEX = "index";

/** The text after the quote that ends a quoted field, where neither a delimiter nor the record's end follows it. */
function afterQuote(text: string, delimiter: string): string | undefined {
  for (let at = 0; at >= 0 && at < text.length; ) {
    let end = at;
    if (text[at] === '"') {
      for (end = text.indexOf('"', at + 1); end >= 0 && text[end + 1] === '"'; )
        end = text.indexOf('"', end + 2);
      if (end < 0) return undefined;
      const rest = text.slice(end + 1, end + 41);
      if (rest.trim() !== "" && !rest.startsWith(delimiter)) return rest;
    }
    const next = text.indexOf(delimiter, end);
    at = next < 0 ? -1 : next + 1;
  }
  return undefined;
}

/**
 * The fields of one record.
 *
 * @throws DataError when it cannot be split, or takes in lines behind a quote at a field's start that has no partner
 */
function fieldsOf(text: string, delimiter: string, place: string): string[] {
  const after = text.includes("\n") ? afterQuote(text, delimiter) : undefined;
  if (after !== undefined)
    throw new DataError(
      `${place}: a field in quotes over several lines: expected ${JSON.stringify(delimiter)} or the row's end after its ` +
        `closing quote, got ${JSON.stringify(after)}: quotes within a field are written twice`,
    );
  let records: string[][];
  try {
    records = parse(text, {
      delimiter,
      record_delimiter: ["\n"],
      bom: true,
      relax_quotes: true,
      relax_column_count: true,
    });
  } catch (cause) {
    throw new DataError(`${place}: cannot be split into fields: ${(cause as Error).message.slice(0, 200)}`, {
      cause,
    });
  }
  const [fields] = records;
  if (fields === undefined || records.length !== 1)
    throw new DataError(`${place}: expected one record, got ${records.length}`);
  return fields;
}

interface DelimitedIndex {
  readonly rows: RowIndex;
  readonly header: FoundRecord | undefined;
  readonly byIndex: ReadonlyMap<string, number>;
  readonly fingerprint: string;
}

/** Place of the index column in a header that is still being scanned, so only its first bytes are known. */
function indexColumn(piece: Uint8Array, { start, end }: FoundRecord, delimiter: string): number {
  const text = new TextDecoder().decode(piece.subarray(start, end));
  return text.split(delimiter).findIndex((name) => name.replaceAll(/["\uFEFF]/g, "") === INDEX);
}

/** An index as text; pandas writes whole numbers as floats in a column with gaps. */
function wholeIndex(text: string): string {
  return text.trim().replace(/^(\d+)\.0$/, "$1");
}

/** Finds the records; all of the header must be in the first piece, which is 1 MiB. */
async function indexRecords(file: RegularFile, format: keyof typeof DELIMITERS): Promise<DelimitedIndex> {
  const rows = new RowIndex();
  const byIndex = new Map<string, number>();
  let header: FoundRecord | undefined;
  let current: Uint8Array = new Uint8Array();
  const delimiter = DELIMITERS[format];
  const scanner = new DelimitedScanner(delimiter, (record) => {
    if (header === undefined) {
      header = record;
      if (format === "tsv" && record.end <= current.length)
        scanner.notedColumn = indexColumn(current, record, delimiter);
      return;
    }
    const { noted } = record;
    const index = noted === undefined ? undefined : wholeIndex(noted);
    if (scanner.notedColumn >= 0 && index !== undefined && !byIndex.has(index)) byIndex.set(index, rows.size);
    rows.add(record.start, record.end, record.line);
  });
  const fingerprint = await scanFile(file, (piece, at) => {
    current = piece;
    const skipped = at === 0 ? markLength(piece) : 0;
    scanner.skip(skipped);
    scanner.push(piece.subarray(skipped));
  });
  scanner.end();
  return { rows, header, byIndex, fingerprint };
}

function checkHeader(names: readonly string[], path: string): void {
  const seen = new Set<string>();
  const twice = names.find((name) => seen.size === seen.add(name).size);
  if (twice !== undefined) throw new DataError(`${path} line 1: the column "${twice}" occurs twice`);
}

/**
 * Opens a TSV or CSV file: one pass over it, after which rows are read one by one.
 *
 * @param maxRowBytes longer records are broken rows
 * @throws DataError when the file cannot be read or its header is invalid
 */
export async function openDelimited(
  path: string,
  format: "tsv" | "csv",
  maxRowBytes: number,
): Promise<Table> {
  const file = await regularFile(path);
  const { rows, header, byIndex, fingerprint } = await indexRecords(file, format);
  const delimiter = DELIMITERS[format];
  if (header === undefined) throw new DataError(`${path}: expected a header, got an empty file`);
  const headerIndex = new RowIndex();
  headerIndex.add(header.start, header.end, header.line);
  const window = new FileWindow(file, ROW_WINDOW);
  const headerPlace = `${path} line ${header.line}`;
  const columns = fieldsOf(
    await headerIndex.text(window, 0, maxRowBytes, headerPlace),
    delimiter,
    headerPlace,
  );
  checkHeader(columns, path);
  const place = (row: number) => `${path} line ${rows.line(row)}`;
  return {
    path,
    format,
    size: rows.size,
    fingerprint,
    columns,
    place,
    async row(row) {
      const fields = fieldsOf(await rows.text(window, row, maxRowBytes, place(row)), delimiter, place(row));
      if (fields.length !== columns.length) {
        throw new DataError(`${place(row)}: expected ${columns.length} fields, got ${fields.length}`);
      }
      return Object.fromEntries(columns.map((name, i) => [name, fields[i]]));
    },
    ...(format === "tsv" && { rowWithIndex: (index: string) => byIndex.get(wholeIndex(index)) }),
  };
}
