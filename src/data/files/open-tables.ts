/**
 * @module
 * From files of rows to tables.
 */
import { type Columns, requiredColumns } from "./columns.ts";
import { openDelimited } from "./delimited-table.ts";
import type { FoundFiles } from "./discover.ts";
import { openJson } from "./json-table.ts";
import { openJsonl } from "./jsonl-table.ts";
import { GroupCache, openParquet } from "./parquet-table.ts";
import type { FileFormat, Table } from "./table.ts";

async function openTable(
  path: string,
  format: FileFormat,
  columns: Columns,
  maxRowBytes: number,
  cache: GroupCache,
): Promise<Table> {
  const open = (): Promise<Table> => {
    switch (format) {
      case "jsonl":
        return openJsonl(path, maxRowBytes);
      case "json":
        return openJson(path, maxRowBytes);
      case "parquet":
        return openParquet(path, (present) => requiredColumns(present, columns, path), cache);
      case "tsv":
      case "csv":
        return openDelimited(path, format, maxRowBytes);
    }
  };
  const table = await open();
  if (table.columns !== undefined) requiredColumns(table.columns, columns, path);
  return table;
}

/**
 * Opens all files of one part of a data set.
 *
 * @throws DataError when one cannot be read, or lacks a column that problems need
 */
export async function openTables(
  { format, paths }: FoundFiles,
  columns: Columns,
  maxRowBytes: number,
): Promise<Table[]> {
  const tables: Table[] = [];
  const cache = new GroupCache();
  for (const path of paths) tables.push(await openTable(path, format, columns, maxRowBytes, cache));
  return tables;
}
