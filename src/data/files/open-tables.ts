/**
 * @module
 * From files of rows to tables.
 */
import { openDelimited } from "./delimited-table.ts";
import type { FoundFiles } from "./discover.ts";
import { openJson } from "./json-table.ts";
import { openJsonl } from "./jsonl-table.ts";
import { refuseLfsPointer } from "./lfs-pointer.ts";
import { GroupCache, openParquet } from "./parquet-table.ts";
import type { RowReaders } from "./rows/row-readers.ts";
import type { FileFormat, Table } from "./table.ts";
import { refuseOtherContent } from "./table-content.ts";

async function openTable(
  path: string,
  format: FileFormat,
  readers: RowReaders,
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
        return openParquet(path, (column, present) => readers.mayRead(column, present), cache);
      case "tsv":
      case "csv":
        return openDelimited(path, format, maxRowBytes);
    }
  };
  await refuseLfsPointer(path);
  await refuseOtherContent(path, format);
  const table = await open();
  if (table.columns !== undefined) readers.requireColumns(table.columns, path);
  return table;
}

/**
 * Opens all files of one part of a data set.
 *
 * @throws DataError when one cannot be read, or lacks a column that problems need
 */
export async function openTables(
  { format, paths }: FoundFiles,
  readers: RowReaders,
  maxRowBytes: number,
): Promise<Table[]> {
  const tables: Table[] = [];
  const cache = new GroupCache();
  for (const path of paths) tables.push(await openTable(path, format, readers, maxRowBytes, cache));
  return tables;
}
