/**
 * @module
 * A data set in files as a source of problems: rows are read, and images decoded, when a problem is asked for.
 */
import { createHash } from "node:crypto";
import { dirname } from "node:path";
import { DataError } from "../../errors/index.ts";
import type { RgbImage, VideoClip } from "../../model/index.ts";
import type { Problem, ProblemSource } from "../problem.ts";
import { type Columns, columnsOf, firstCell, requiredColumns, TYPED_PATH, USUAL } from "./columns.ts";
import { openDelimited } from "./delimited-table.ts";
import { discoverFiles, type FileSplit } from "./discover.ts";
import { type ImageReference, imageReferences } from "./image-reference.ts";
import { openJson } from "./json-table.ts";
import { openJsonl } from "./jsonl-table.ts";
import type { FilesOptions } from "./options.ts";
import { GroupCache, openParquet } from "./parquet-table.ts";
import { type MediaOptions, readClip, readImage } from "./read-media.ts";
import { rowProblem } from "./row-problem.ts";
import type { FileFormat, Table } from "./table.ts";

/** Problems out of files; `problem(index)` throws a DataError with file and row where the row is broken. */
export interface FileSource extends ProblemSource {
  readonly format: FileFormat;
  readonly files: readonly string[];
  problem(index: number): Promise<Problem>;
  firstVideo(): Promise<string | undefined>;
  /** Where a problem's row stands: "train.jsonl line 17". */
  place(index: number): string;
}

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

/** Follows rows that take their image from another row, to one that has its own. */
async function followed(table: Table, index: string, columns: Columns): Promise<ImageReference[]> {
  const seen: string[] = [];
  let at = index;
  for (;;) {
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
    const references = imageReferences(firstCell(await table.row(row), columns.image)?.value, true);
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

/** Whether a row names a video; a broken one is met when it is drawn. */
async function namesVideo(table: Table, row: number, columns: Columns): Promise<boolean> {
  try {
    return rowProblem(await table.row(row), columns, table.format).videos.length > 0;
  } catch (error) {
    if (error instanceof DataError) return false;
    throw error;
  }
}

class FileProblems implements FileSource {
  readonly fingerprint: string;
  readonly size: number;
  readonly format: FileFormat;
  readonly files: readonly string[];
  readonly #tables: readonly Table[];
  readonly #options: FilesOptions;
  readonly #columns: Columns;
  readonly #shard: readonly [number, number];

  constructor(
    tables: readonly Table[],
    options: FilesOptions,
    columns: Columns,
    shard: readonly [number, number],
  ) {
    const [index, count] = shard;
    const rows = tables.reduce((sum, table) => sum + table.size, 0);
    this.#tables = tables;
    this.#options = options;
    this.#columns = columns;
    this.#shard = shard;
    this.size = Math.ceil(Math.max(0, rows - index) / count);
    this.format = tables[0]?.format ?? "jsonl";
    this.files = tables.map(({ path }) => path);
    const { video, ...others } = columns;
    const named = video === USUAL.video ? others : columns;
    const hash = createHash("sha256").update(JSON.stringify(named));
    for (const { fingerprint } of tables) hash.update(fingerprint);
    this.fingerprint = `files format=${this.format} rows=${rows} shard=${index}/${count} content=${hash.digest("hex")}`;
  }

  #find(index: number): { table: Table; row: number } {
    const [first, step] = this.#shard;
    let row = first + step * index;
    for (const table of this.#tables) {
      if (Number.isInteger(row) && row >= 0 && row < table.size) return { table, row };
      row -= table.size;
    }
    throw new DataError(`data: expected a problem index from 0 to ${this.size - 1}, got ${index}`);
  }

  place(index: number): string {
    const { table, row } = this.#find(index);
    return table.place(row);
  }

  #media(table: Table): MediaOptions {
    return { root: this.#options.images ?? dirname(table.path), options: this.#options };
  }

  async #images(reference: ImageReference, table: Table): Promise<RgbImage[]> {
    if (reference.kind !== "row") return [await readImage(reference, this.#media(table))];
    const references = await followed(table, reference.index, this.#columns);
    return (await Promise.all(references.map((own) => this.#images(own, table)))).flat();
  }

  async firstVideo(): Promise<string | undefined> {
    const names = [...this.#columns.video, ...TYPED_PATH];
    for (const table of this.#tables) {
      if (table.columns !== undefined && !names.some((name) => table.columns?.includes(name))) continue;
      for (let row = 0; row < table.size; row++) {
        if (await namesVideo(table, row, this.#columns)) return table.place(row);
      }
    }
    return undefined;
  }

  async problem(index: number): Promise<Problem> {
    const { table, row } = this.#find(index);
    const cells = await table.row(row);
    try {
      const stated = rowProblem(cells, this.#columns, table.format);
      const { id = table.place(row), question, answer, kind } = stated;
      const images: RgbImage[] = [];
      for (const reference of stated.images) images.push(...(await this.#images(reference, table)));
      const videos: VideoClip[] = [];
      for (const reference of stated.videos) videos.push(await readClip(reference, this.#media(table)));
      return { id, images, ...(videos.length > 0 && { videos }), question, answer, kind };
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new DataError(`${table.place(row)}: ${reason}`, { cause });
    }
  }
}

/**
 * Opens a data set that stands in files. Its rows are counted and its content is fingerprinted, in one pass over text
 * files and from footer and samples of parquet; no image is read.
 *
 * @param split training draws its shard; evaluation takes all rows
 * @throws DataError when a file cannot be read, lacks a column, or the data set has no rows
 */
export async function openFileSource(options: FilesOptions, split: FileSplit): Promise<FileSource> {
  const { format, paths } = discoverFiles(options, split);
  const columns = columnsOf(options.columns);
  const tables: Table[] = [];
  const cache = new GroupCache();
  for (const path of paths) tables.push(await openTable(path, format, columns, options.maxRowBytes, cache));
  const shard = split === "train" ? options.shard : ([0, 1] as const);
  const source = new FileProblems(tables, options, columns, shard);
  if (source.size === 0) throw new DataError(`${paths.join(", ")}: expected at least one row, got none`);
  return source;
}
