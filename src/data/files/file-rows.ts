/**
 * @module
 * The rows of a data set in files, and the images and videos that they name: each row is read, and each image decoded,
 * when it is asked for.
 */
import { createHash } from "node:crypto";
import { DataError, FoveaError } from "../../errors/index.ts";
import { isSystemError } from "../../errors/system-error.ts";
import type { RgbImage, VideoClip } from "../../model/index.ts";
import type { Problem } from "../problem.ts";
import type { FoundFiles } from "./discover.ts";
import { ImageDownloads } from "./fetch-image.ts";
import { followedImages } from "./followed-row.ts";
import type { ImageReference } from "./image-reference.ts";
import { lastAtMost } from "./last-at-most.ts";
import { openMediaStore } from "./open-media-store.ts";
import { openTables } from "./open-tables.ts";
import { type FilesOptions, filesSchema } from "./options.ts";
import type { Media } from "./placed-questions.ts";
import { readClip } from "./read-clip.ts";
import { type MediaOptions, readImage } from "./read-image.ts";
import { RowReaders } from "./rows/row-readers.ts";
import type { Row, Table } from "./table.ts";

/** Rows of one or several tables, counted through; of a shard every n-th. */
export class FileRows {
  readonly tables: readonly Table[];
  /** Number of rows, broken rows included. */
  readonly size: number;
  /** Columns that the files declare; none where each row has its own. */
  readonly columns: readonly string[];
  /** Of each table, the rows before it. */
  readonly #firstRows: readonly number[];
  readonly #media: MediaOptions;
  readonly #readers: RowReaders;
  readonly #shard: readonly [index: number, count: number];

  /** @param shard [index, count]: of every count rows in turn, the one that counts */
  constructor(
    tables: readonly Table[],
    media: MediaOptions,
    readers: RowReaders,
    shard: readonly [index: number, count: number] = [0, 1],
  ) {
    const [index, count] = shard;
    let total = 0;
    this.#firstRows = tables.map(({ size }) => {
      total += size;
      return total - size;
    });
    this.tables = tables;
    this.size = Math.ceil(Math.max(0, total - index) / count);
    this.columns = [...new Set(tables.flatMap(({ columns = [] }) => columns))];
    this.#media = media;
    this.#readers = readers;
    this.#shard = shard;
  }

  #find(index: number): { table: Table; row: number } {
    const [first, step] = this.#shard;
    const row = first + step * index;
    const place = lastAtMost(this.#firstRows, row, (number) => number);
    const table = this.tables[place];
    if (Number.isInteger(row) && table !== undefined && row < this.#firstRows[place]! + table.size)
      return { table, row: row - this.#firstRows[place]! };
    throw new DataError(`data: expected a problem index from 0 to ${this.size - 1}, got ${index}`);
  }

  /** The place of a row: "train.jsonl line 17". */
  place(index: number): string {
    const { table, row } = this.#find(index);
    return table.place(row);
  }

  /** The cells of a row. */
  async row(index: number): Promise<Row> {
    const { table, row } = this.#find(index);
    return table.row(row);
  }

  /**
   * Work on a row.
   *
   * @throws DataError with the row's file and place where it fails by a typed error, or the system refuses a file; anything
   *   else is a fault of this program, and passes as it is
   */
  async placed<T>(index: number, work: (table: Table) => T | Promise<T>): Promise<T> {
    const { table, row } = this.#find(index);
    try {
      return await work(table);
    } catch (cause) {
      if (!(cause instanceof FoveaError || isSystemError(cause))) throw cause;
      throw new DataError(`${table.place(row)}: ${cause.message}`, { cause });
    }
  }

  /** The images that a row names in its usual columns, or in the one that the data set's options name. */
  imagesOf(index: number, row: Row): Promise<readonly ImageReference[]> {
    return this.placed(index, ({ format }) => this.#readers.read("image", row, format)?.value ?? []);
  }

  async #images(reference: ImageReference, table: Table): Promise<RgbImage[]> {
    if (reference.kind !== "row") return [await readImage(reference, this.#media)];
    const references = await followedImages(table, reference.index, this.#readers);
    return (await Promise.all(references.map((own) => this.#images(own, table)))).flat();
  }

  /** Pixels of the images and videos that a row names. */
  media(index: number, { images: named, videos: clips }: Media): Promise<Pick<Problem, "images" | "videos">> {
    return this.placed(index, async (table) => {
      const images: RgbImage[] = [];
      for (const reference of named) images.push(...(await this.#images(reference, table)));
      const videos: VideoClip[] = [];
      for (const reference of clips) videos.push(await readClip(reference, this.#media));
      return { images, ...(videos.length > 0 && { videos }) };
    });
  }
}

/**
 * Opens files whose rows need not be problems: any columns will do.
 *
 * @param files of one format
 * @param options of images and videos; paths lead from the files' own directory unless `images` names another
 * @throws DataError when a file cannot be read
 */
export async function openFileRows(
  files: FoundFiles,
  options: Partial<Pick<FilesOptions, "images" | "video" | "fetchImages" | "maxRowBytes">> = {},
): Promise<{ readonly rows: FileRows; readonly fingerprint: string }> {
  const [path = ""] = files.paths;
  const whole = filesSchema.parse({ ...options, path });
  const readers = new RowReaders(whole.columns, { anyColumns: true });
  const tables = await openTables(files, readers, whole.maxRowBytes);
  const store = await openMediaStore(whole, "test", path);
  const downloads = whole.fetchImages ? new ImageDownloads() : undefined;
  const hash = createHash("sha256");
  for (const { fingerprint } of tables) hash.update(fingerprint);
  const rows = new FileRows(tables, { store, downloads, options: whole }, readers);
  return { rows, fingerprint: `files rows=${rows.size} content=${hash.digest("hex")}` };
}
