/**
 * @module
 * Rows that take their image from another row, as in VLMEvalKit's tables.
 */
import { DataError } from "../../errors/index.ts";
import { FILE_NAME, type ImageReference } from "./image-reference.ts";
import type { RowReaders } from "./rows/row-readers.ts";
import type { Table } from "./table.ts";

/** Whether a short text is a file's name, since no row has it as its index. */
export function isFileInsteadOfRow(table: Table, index: string): boolean {
  return FILE_NAME.test(index) && table.rowWithIndex?.(index) === undefined;
}

/**
 * Follows rows that take their image from another row, to one that has its own.
 *
 * @throws DataError when there is no such row, or they lead back to one of them
 */
export async function followedImages(
  table: Table,
  index: string,
  readers: RowReaders,
): Promise<readonly ImageReference[]> {
  const seen: string[] = [];
  let at = index;
  for (;;) {
    if (seen.length === 0 && isFileInsteadOfRow(table, at)) return [{ kind: "path", path: at }];
    const row = table.rowWithIndex?.(at);
    if (row === undefined)
      throw new DataError(
        `image: is neither base64 nor the index of a row: ${JSON.stringify(at.slice(0, 80))}`,
      );
    if (seen.includes(at))
      throw new DataError(`image: refers to itself, by way of the rows ${seen.join(", ")}`);
    if (seen.length > 16)
      throw new DataError("image: refers to a row that refers to a row, more than 16 times");
    seen.push(at);
    const references = readers.read("image", await table.row(row), table.format)?.value ?? [];
    const [first] = references;
    if (references.length === 0) throw new DataError(`image: the row ${at} that it refers to has none`);
    if (first?.kind === "row" && references.length === 1) {
      at = first.index;
      continue;
    }
    if (references.some(({ kind }) => kind === "row"))
      throw new DataError(`image: the row ${at} that it refers to has a list of rows`);
    return references;
  }
}
