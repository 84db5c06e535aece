/**
 * @module
 * A data set in files as a source of problems: rows are read, and images decoded, when a problem is asked for.
 */
import { createHash } from "node:crypto";
import { DataError } from "../../errors/index.ts";
import type { Problem, ProblemSource } from "../problem.ts";
import { discoverFiles, type FileSplit } from "./discover.ts";
import { ImageDownloads } from "./fetch-image.ts";
import { FileRows } from "./file-rows.ts";
import { archivesOf, statedIn, type TableRows } from "./named-media.ts";
import { openMediaStore } from "./open-media-store.ts";
import { openTables } from "./open-tables.ts";
import type { FilesOptions } from "./options.ts";
import type { Media } from "./placed-questions.ts";
import { plainRow } from "./plain-row.ts";
import { type RowProblem, rowProblem, rowSolution } from "./row-problem.ts";
import { type FoundPart, RowReaders } from "./rows/row-readers.ts";
import type { FileFormat, Row } from "./table.ts";

/** A row and the problem that it states, without pixels. */
export interface StatedRow {
  readonly row: Row;
  readonly stated: RowProblem;
}

/** Problems out of files; `problem(index)` throws a DataError with file and row where the row is broken. */
export interface FileSource extends ProblemSource {
  readonly format: FileFormat;
  readonly files: readonly string[];
  /** Columns that the files declare; none where each row has its own. */
  readonly columns: readonly string[];
  problem(index: number): Promise<Problem>;
  /** A row unchanged, and the problem that is read from it. */
  stated(index: number): Promise<StatedRow>;
  /** The completion to imitate that a row has; undefined where it has none. */
  solution(index: number, row: StatedRow): Promise<FoundPart<"solution"> | undefined>;
  /** The problem of a row that has been read. */
  problemOf(index: number, row: StatedRow): Promise<Problem>;
  /** Pixels of the images and videos that a row names. */
  media(index: number, named: Media): Promise<Pick<Problem, "images" | "videos">>;
  firstVideo(): Promise<string | undefined>;
  /** The place of a problem's row: "train.jsonl line 17". */
  place(index: number): string;
}

class FileProblems implements FileSource {
  readonly fingerprint: string;
  readonly size: number;
  readonly format: FileFormat;
  readonly files: readonly string[];
  readonly columns: readonly string[];
  readonly #rows: FileRows;
  readonly #readings: TableRows;

  constructor(rows: FileRows, readings: TableRows, shard: readonly [number, number], content: string) {
    const { tables, size, columns } = rows;
    const total = tables.reduce((sum, table) => sum + table.size, 0);
    this.#rows = rows;
    this.#readings = readings;
    this.size = size;
    this.format = tables[0]?.format ?? "jsonl";
    this.files = tables.map(({ path }) => path);
    this.columns = columns;
    this.fingerprint = `files format=${this.format} rows=${total} shard=${shard.join("/")} content=${content}`;
  }

  place(index: number): string {
    return this.#rows.place(index);
  }

  async firstVideo(): Promise<string | undefined> {
    for (const table of this.#rows.tables) {
      if (!this.#readings.readers.mayHaveVideos(table.columns)) continue;
      for (let row = 0; row < table.size; row++) {
        const stated = await statedIn(table, row, this.#readings);
        if (stated !== undefined && stated.videos.length > 0) return table.place(row);
      }
    }
    return undefined;
  }

  async stated(index: number): Promise<StatedRow> {
    const row = await this.#rows.row(index);
    const stated = await this.#rows.placed(index, ({ format }) =>
      rowProblem(row, { ...this.#readings, format }),
    );
    return { row, stated };
  }

  solution(index: number, { row }: StatedRow): Promise<FoundPart<"solution"> | undefined> {
    return this.#rows.placed(index, ({ format }) => rowSolution(row, { ...this.#readings, format }));
  }

  media(index: number, named: Media): Promise<Pick<Problem, "images" | "videos">> {
    return this.#rows.media(index, named);
  }

  async problemOf(index: number, { row, stated }: StatedRow): Promise<Problem> {
    const { id = this.place(index), question, answers, options, kind } = stated;
    const media = await this.media(index, stated);
    return { id, ...media, question, answers, ...(options && { options }), kind, columns: plainRow(row) };
  }

  async problem(index: number): Promise<Problem> {
    return this.problemOf(index, await this.stated(index));
  }
}

/**
 * Opens a data set in files. Its rows are counted and its content is fingerprinted, in one pass over text files, and
 * from footer and samples of parquet. Of images in an archive only its directory is read.
 *
 * @param split training draws its shard; evaluation takes all rows
 * @throws DataError when a file cannot be read, lacks a column, or the data set has no rows
 */
export async function openFileSource(options: FilesOptions, split: FileSplit): Promise<FileSource> {
  const found = discoverFiles(options, split);
  const rows = { readers: new RowReaders(options.columns), answerPlaces: options.answerPlaces };
  const tables = await openTables(found, rows.readers, options.maxRowBytes);
  const [path = options.path] = found.paths;
  const store = await openMediaStore(options, split, path);
  const hash = createHash("sha256").update(JSON.stringify([options.columns, options.answerPlaces]));
  for (const { fingerprint } of tables) hash.update(fingerprint);
  for (const fingerprint of await archivesOf(tables, rows, store)) hash.update(`archive ${fingerprint}`);
  const downloads = options.fetchImages ? new ImageDownloads() : undefined;
  const shard = split === "train" ? options.shard : ([0, 1] as const);
  const fileRows = new FileRows(tables, { store, downloads, options }, rows.readers, shard);
  const source = new FileProblems(fileRows, rows, shard, hash.digest("hex"));
  if (source.size === 0)
    throw new DataError(`${found.paths.join(", ")}: expected at least one row, got none`);
  return source;
}
