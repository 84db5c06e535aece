/**
 * @module
 * Parquet files: the footer is read when a file is opened, a row group when one of its rows is asked for. The row
 * groups read last are kept, so that reading in order decodes each once.
 */
import { createHash } from "node:crypto";
import {
  type AsyncBuffer,
  type FileMetaData,
  parquetMetadataAsync,
  parquetReadObjects,
  type RowGroup,
} from "hyparquet";
import { DataError } from "../../errors/index.ts";
import { lastAtMost } from "./last-at-most.ts";
import { parquetNumbers } from "./parquet-numbers.ts";
import { boundedCompressors, checkPages } from "./parquet-pages.ts";
import { type RegularFile, readBytes, regularFile } from "./regular-file.ts";
import type { Row, Table } from "./table.ts";

/** Largest row group that is read, bytes in the file: all of its wanted columns come into memory. */
const MAX_GROUP_BYTES = 2 ** 30;
/** Most rows in a row group. */
const MAX_GROUP_ROWS = 2 ** 24;
/** Bytes of row groups, as they are in the file, that are kept decoded; the one read last always is. */
const KEPT_BYTES = 128 * 2 ** 20;
/** Longest footer, bytes. */
const MAX_FOOTER_BYTES = 64 * 2 ** 20;
const SAMPLES = 16;
const SAMPLE_BYTES = 64 * 2 ** 10;

function asBuffer(bytes: Uint8Array): ArrayBuffer {
  const { buffer, byteOffset, byteLength } = bytes;
  return buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer;
}

/** The file as the library reads it. */
function asyncBuffer(file: RegularFile): AsyncBuffer {
  return {
    byteLength: file.size,
    slice: async (start, end = file.size) => asBuffer(await readBytes(file, start, Math.min(end, file.size))),
  };
}

/** Footer and evenly spaced samples: as sure to change as the file is, without reading gigabytes. */
async function sampledFingerprint(file: RegularFile, footer: number): Promise<string> {
  const hash = createHash("sha256").update(`${file.size}\n`);
  hash.update(await readBytes(file, Math.max(0, file.size - footer - 8), file.size));
  for (let i = 0; i < SAMPLES; i++) {
    const start = Math.floor((file.size * i) / SAMPLES);
    hash.update(await readBytes(file, start, Math.min(start + SAMPLE_BYTES, file.size)));
  }
  return hash.digest("hex");
}

/** A row group: which rows, and where the wanted columns are in the file. */
interface Group {
  readonly firstRow: number;
  readonly rows: number;
  readonly start: number;
  readonly end: number;
  readonly group: RowGroup;
}

function byteRange({ meta_data: meta, file_path }: RowGroup["columns"][number]): [number, number] {
  if (meta === undefined || file_path) throw new Error("a column is in another file");
  const start = Number(meta.dictionary_page_offset || meta.data_page_offset);
  return [start, start + Number(meta.total_compressed_size)];
}

function planGroups(
  { row_groups }: FileMetaData,
  wanted: (path: readonly string[]) => boolean,
  size: number,
) {
  let firstRow = 0;
  return row_groups.map((group): Group => {
    const rows = Number(group.num_rows);
    if (!(rows >= 0 && rows <= MAX_GROUP_ROWS))
      throw new Error(`a row group says that it has ${rows} rows, expected at most ${MAX_GROUP_ROWS}`);
    const columns = group.columns.filter((column) => wanted(column.meta_data?.path_in_schema ?? []));
    const ranges = columns.map(byteRange);
    const start = Math.min(...ranges.map(([from]) => from));
    const end = Math.max(...ranges.map(([, to]) => to));
    if (ranges.length === 0 || !(start >= 0 && end <= size && ranges.every(([from, to]) => from <= to)))
      throw new Error(`a row group's columns lie outside the file: bytes ${start} to ${end} of ${size}`);
    const planned = { firstRow, rows, start, end, group: { ...group, columns } };
    firstRow += rows;
    return planned;
  });
}

/** The group that a row is in; undefined beyond them. */
function groupOf(groups: readonly Group[], row: number): Group | undefined {
  const group = groups[lastAtMost(groups, row, ({ firstRow }) => firstRow)];
  return group !== undefined && row < group.firstRow + group.rows ? group : undefined;
}

/** A column at the top of the schema. */
interface TopColumn {
  readonly name: string;
  /** Whether bytes that are not text are in it, as pixels do. */
  readonly isBytes: boolean;
}

function topColumns({ schema }: FileMetaData): TopColumn[] {
  const columns: TopColumn[] = [];
  let at = 1;
  const skip = (from: number): number => {
    const children = schema[from]?.num_children ?? 0;
    let next = from + 1;
    for (let i = 0; i < children && next < schema.length; i++) next = skip(next);
    return next;
  };
  while (at < schema.length) {
    const next = skip(at);
    const isBytes = schema
      .slice(at, next)
      .some((element) => element.type === "BYTE_ARRAY" && !isText(element));
    columns.push({ name: schema[at]!.name, isBytes });
    at = next;
  }
  return columns;
}

/** Whether a column of bytes declares itself text, a number or anything else but bytes. */
function isText({ converted_type, logical_type }: FileMetaData["schema"][number]): boolean {
  return converted_type !== undefined || logical_type !== undefined;
}

/** Decodes all rows of a group. */
async function readGroup(file: RegularFile, metadata: FileMetaData, group: Group): Promise<Row[]> {
  if (group.end - group.start > MAX_GROUP_BYTES) {
    throw new Error(
      `a row group has ${group.end - group.start} bytes, expected at most ${MAX_GROUP_BYTES}: write smaller row groups`,
    );
  }
  const bytes = await readBytes(file, group.start, group.end);
  for (const column of group.group.columns) {
    const [start, end] = byteRange(column);
    if (column.meta_data !== undefined)
      checkPages(bytes.subarray(start - group.start, end - group.start), column.meta_data, metadata);
  }
  const names = new Set(group.group.columns.map(({ meta_data }) => meta_data?.path_in_schema[0] ?? ""));
  const numbers = parquetNumbers(metadata);
  const rows = await parquetReadObjects({
    file: {
      byteLength: file.size,
      slice(start, end = file.size) {
        if (start < group.start || end > group.end || start > end) throw new Error("a column lies elsewhere");
        return asBuffer(bytes.subarray(start - group.start, end - group.start));
      },
    },
    metadata: { ...metadata, schema: numbers.schema, row_groups: [group.group] },
    columns: [...names],
    compressors: boundedCompressors,
    utf8: false,
  });
  if (rows.length !== group.rows)
    throw new Error(`a row group has ${rows.length} rows, expected ${group.rows}`);
  return rows.map(numbers.convert);
}

function broken(where: string, cause: unknown): DataError {
  if (cause instanceof DataError) return cause;
  return new DataError(`${where}: cannot be read as parquet: ${(cause as Error).message}`, { cause });
}

/** The row groups read last, of all files of a data set. */
export class GroupCache {
  readonly #kept = new Map<Group, Promise<Row[]>>();
  #bytes = 0;

  get(group: Group, read: () => Promise<Row[]>): Promise<Row[]> {
    const found = this.#kept.get(group);
    if (found !== undefined) {
      this.#kept.delete(group);
      this.#kept.set(group, found);
      return found;
    }
    for (const [old] of this.#kept) {
      if (this.#bytes + group.end - group.start <= KEPT_BYTES) break;
      this.#drop(old);
    }
    const rows = read();
    this.#kept.set(group, rows);
    this.#bytes += group.end - group.start;
    rows.catch(() => this.#drop(group));
    return rows;
  }

  #drop(group: Group): void {
    if (this.#kept.delete(group)) this.#bytes -= group.end - group.start;
  }
}

/**
 * Opens a parquet file.
 *
 * @param isWanted whether a column of bytes is read; all others are
 * @param cache shared by the files of a data set, so that its bound holds for them together
 * @throws DataError when the footer cannot be read or promises what the file does not hold
 */
export async function openParquet(
  path: string,
  isWanted: (column: string, present: readonly string[]) => boolean,
  cache: GroupCache,
): Promise<Table> {
  const file = await regularFile(path);
  let metadata: FileMetaData;
  let columns: readonly TopColumn[];
  try {
    const tail = await readBytes(file, Math.max(0, file.size - 8), file.size);
    if (tail.length < 8) throw new Error(`expected at least 8 bytes, got ${file.size}`);
    const magic = new TextDecoder("latin1").decode(tail.subarray(4));
    if (!/^PAR[1E]$/.test(magic)) {
      const head = new TextDecoder("latin1").decode(await readBytes(file, 0, 4));
      throw new Error(
        `expected PAR1 at both ends, got ${JSON.stringify(head)} and ${JSON.stringify(magic)}: it is cut off, or of ` +
          "another format (data.format names it)",
      );
    }
    const footer = new DataView(tail.buffer).getUint32(0, true);
    if (footer > MAX_FOOTER_BYTES)
      throw new Error(`the footer has ${footer} bytes, expected at most ${MAX_FOOTER_BYTES}`);
    metadata = await parquetMetadataAsync(asyncBuffer(file), { geoparquet: false });
    columns = topColumns(metadata);
  } catch (cause) {
    throw broken(path, cause);
  }
  const present = columns.map(({ name }) => name);
  const chosen = new Set(
    columns.flatMap(({ name, isBytes }) => (isBytes && !isWanted(name, present) ? [] : [name])),
  );
  let groups: Group[];
  let fingerprint: string;
  try {
    groups = planGroups(metadata, ([top = ""]) => chosen.has(top), file.size);
    fingerprint = await sampledFingerprint(file, metadata.metadata_length);
  } catch (cause) {
    throw broken(path, cause);
  }
  const place = (row: number) => `${path} row ${row + 1}`;
  const size = groups.reduce((sum, { rows }) => sum + rows, 0);
  return {
    path,
    format: "parquet",
    size,
    fingerprint,
    columns: present,
    place,
    async row(row) {
      const group = groupOf(groups, row);
      if (group === undefined) throw new DataError(`${place(row)}: expected a row below ${size}`);
      try {
        const rows = await cache.get(group, () => readGroup(file, metadata, group));
        return rows[row - group.firstRow]!;
      } catch (cause) {
        throw broken(place(row), cause);
      }
    },
  };
}
