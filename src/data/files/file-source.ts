/**
 * @module
 * A data set in files as a source of problems: rows are read, and images decoded, when a problem is asked for.
 */
import { createHash } from "node:crypto";
import { DataError } from "../../errors/index.ts";
import type { RgbImage, VideoClip } from "../../model/index.ts";
import type { Problem, ProblemSource } from "../problem.ts";
import { type Columns, columnsOf, TYPED_PATH, USUAL } from "./columns.ts";
import { discoverFiles, type FileSplit } from "./discover.ts";
import { followedImages } from "./followed-row.ts";
import type { ImageReference } from "./image-reference.ts";
import { archivesOf } from "./named-media.ts";
import { openMediaStore } from "./open-media-store.ts";
import { openTables } from "./open-tables.ts";
import type { FilesOptions } from "./options.ts";
import { readClip } from "./read-clip.ts";
import { type MediaOptions, readImage } from "./read-image.ts";
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
  readonly #media: MediaOptions;
  readonly #columns: Columns;
  readonly #shard: readonly [number, number];

  constructor(
    tables: readonly Table[],
    media: MediaOptions,
    columns: Columns,
    shard: readonly [number, number],
    archives: readonly string[],
  ) {
    const [index, count] = shard;
    const rows = tables.reduce((sum, table) => sum + table.size, 0);
    this.#tables = tables;
    this.#media = media;
    this.#columns = columns;
    this.#shard = shard;
    this.size = Math.ceil(Math.max(0, rows - index) / count);
    this.format = tables[0]?.format ?? "jsonl";
    this.files = tables.map(({ path }) => path);
    const { video, ...others } = columns;
    const named = video === USUAL.video ? others : columns;
    const hash = createHash("sha256").update(JSON.stringify(named));
    for (const { fingerprint } of tables) hash.update(fingerprint);
    for (const fingerprint of archives) hash.update(`archive ${fingerprint}`);
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

  async #images(reference: ImageReference, table: Table): Promise<RgbImage[]> {
    if (reference.kind !== "row") return [await readImage(reference, this.#media)];
    const references = await followedImages(table, reference.index, this.#columns);
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
      for (const reference of stated.videos) videos.push(await readClip(reference, this.#media));
      return {
        id,
        images,
        ...(videos.length > 0 && { videos }),
        question,
        answers: [answer],
        kind,
        columns: cells,
      };
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new DataError(`${table.place(row)}: ${reason}`, { cause });
    }
  }
}

/**
 * Opens a data set that stands in files. Its rows are counted and its content is fingerprinted, in one pass over text
 * files and from footer and samples of parquet; of images in an archive only its directory is read.
 *
 * @param split training draws its shard; evaluation takes all rows
 * @throws DataError when a file cannot be read, lacks a column, or the data set has no rows
 */
export async function openFileSource(options: FilesOptions, split: FileSplit): Promise<FileSource> {
  const found = discoverFiles(options, split);
  const columns = columnsOf(options.columns);
  const tables = await openTables(found, columns, options.maxRowBytes);
  const shard = split === "train" ? options.shard : ([0, 1] as const);
  const [path = options.path] = found.paths;
  const store = await openMediaStore(options, split, path);
  const archives = await archivesOf(tables, columns, store);
  const source = new FileProblems(tables, { store, options }, columns, shard, archives);
  if (source.size === 0)
    throw new DataError(`${found.paths.join(", ")}: expected at least one row, got none`);
  return source;
}
