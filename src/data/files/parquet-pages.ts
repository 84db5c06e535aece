/**
 * @module
 * Looks through the pages of a column chunk before it is decoded. A decoder believes the counts that a file
 * states; a few wrong bytes can then cost gigabytes or minutes. Here each count is compared with the number that the
 * page can contain. The library's own header and schema readers are used, since it exports no others. Without this
 * check one of 7,000 changed files took 64 s and 1.4 GiB, and errors were thrown where no code could catch them.
 */
import type { ColumnMetaData, Compressors, FileMetaData, PageHeader } from "hyparquet";
import { parquetHeader } from "hyparquet/src/column.js";
import { getMaxDefinitionLevel, getMaxRepetitionLevel, getSchemaPath } from "hyparquet/src/schema.js";
import { compressors, decompressZstd } from "hyparquet-compressors";

/** Largest page after decompression, bytes. */
const MAX_PAGE_BYTES = 512 * 2 ** 20;
/** Largest column chunk after decompression, bytes. */
const MAX_CHUNK_BYTES = 2 ** 31;
/** Most values in a page; writers put at most about a million there. */
const MAX_PAGE_VALUES = 2 ** 22;
/** Most values in a column chunk. */
const MAX_CHUNK_VALUES = 2 ** 24;
/** How far the runs of a page may go beyond its values: the last one is padded. */
const RUN_SLACK = 4096;

type Decompress = (input: Uint8Array, outputLength: number) => Uint8Array;

/** Without a buffer of its own, the library's zstd makes as much as the data asks for. */
const zstd: Decompress = (input, outputLength) => decompressZstd(input, new Uint8Array(outputLength));

function bounded(decompress: Decompress): Decompress {
  return (input, outputLength) => {
    requireCount("bytes", outputLength, MAX_PAGE_BYTES);
    // The library's LZ4 looks for a match in the one byte of an empty page.
    if (outputLength === 0) return new Uint8Array();
    return decompress(input, outputLength);
  };
}

/** The codecs of parquet; none makes more than its page states, nor a page of more than 512 MiB. */
export const boundedCompressors: Compressors = Object.fromEntries(
  Object.entries({ ...compressors, ZSTD: zstd }).map(([name, codec]) => [name, bounded(codec)]),
);

function requireCount(what: string, count: number | undefined, most: number): number {
  if (count === undefined || !Number.isInteger(count) || count < 0 || count > most)
    throw new Error(`a page says that it has ${count} ${what}, expected at most ${most}`);
  return count;
}

/** A place in bytes, moved on by reading. */
interface Cursor {
  readonly bytes: Uint8Array;
  at: number;
}

function varint(cursor: Cursor): number {
  let value = 0;
  for (let shift = 0; shift < 35; shift += 7) {
    const byte = cursor.bytes[cursor.at++];
    if (byte === undefined) throw new Error("a page ends within its runs");
    value += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return value;
  }
  throw new Error("a page has a run without an end");
}

/**
 * Walks runs of the hybrid of run lengths and packed bits until they hold `count` values.
 *
 * @param mayEnd whether there may be fewer, as where nulls are not counted out
 */
function checkRuns(cursor: Cursor, bitWidth: number, count: number, mayEnd = false): void {
  for (let seen = 0; seen < count; ) {
    if (cursor.at >= cursor.bytes.length && mayEnd) return;
    const header = varint(cursor);
    const isPacked = header % 2 === 1;
    const groups = Math.floor(header / 2);
    const values = isPacked ? groups * 8 : groups;
    if (values > count - seen + RUN_SLACK)
      throw new Error(`a page has a run of ${values} values where ${count - seen} are left`);
    cursor.at += isPacked ? groups * bitWidth : Math.ceil(bitWidth / 8);
    seen += values;
    if (values === 0 && cursor.at >= cursor.bytes.length) throw new Error("a page ends within its runs");
  }
}

const bitsFor = (level: number) => 32 - Math.clz32(level);

/** Levels with their length before them, as in the first version of data pages. */
function checkPrefixedLevels(cursor: Cursor, level: number, count: number): void {
  if (level === 0) return;
  const { bytes, at } = cursor;
  if (at + 4 > bytes.length) throw new Error("a page ends within its levels");
  const length = new DataView(bytes.buffer, bytes.byteOffset + at, 4).getUint32(0, true);
  if (at + 4 + length > bytes.length) throw new Error("a page ends within its levels");
  checkRuns({ bytes: bytes.subarray(at + 4, at + 4 + length), at: 0 }, bitsFor(level), count);
  cursor.at = at + 4 + length;
}

const isDictionaryCoded = (encoding: string) =>
  encoding === "PLAIN_DICTIONARY" || encoding === "RLE_DICTIONARY" || encoding === "RLE";

/** Values left after the levels, where they are runs. Nulls are not counted out: fewer values only end sooner. */
function checkValues(cursor: Cursor, encoding: string, type: string, atMost: number): void {
  if (!isDictionaryCoded(encoding)) return;
  const { bytes } = cursor;
  let at = cursor.at;
  let bitWidth = 1;
  if (type === "BOOLEAN") at += 4;
  else bitWidth = bytes[at++] ?? 0;
  if (bitWidth > 32) throw new Error(`a page has indices of ${bitWidth} bits`);
  if (bitWidth > 0) checkRuns({ bytes: bytes.subarray(at), at: 0 }, bitWidth, atMost, true);
}

interface Levels {
  readonly repetition: number;
  readonly definition: number;
}

function unpacked(body: Uint8Array, size: number, codec: ColumnMetaData["codec"]): Uint8Array {
  requireCount("bytes", size, MAX_PAGE_BYTES);
  if (codec === "UNCOMPRESSED") return body;
  const decompress = boundedCompressors[codec];
  if (decompress === undefined) throw new Error(`the compression ${codec} is not supported`);
  return decompress(body, size);
}

/** Checks one page; returns its values. */
function checkPage(header: PageHeader, body: Uint8Array, column: ColumnMetaData, levels: Levels): number {
  const { codec, type } = column;
  const size = requireCount("bytes", header.uncompressed_page_size, MAX_PAGE_BYTES);
  if (header.dictionary_page_header !== undefined)
    return requireCount("values", header.dictionary_page_header.num_values, MAX_PAGE_VALUES);
  const first = header.data_page_header;
  if (first !== undefined) {
    const count = requireCount("values", first.num_values, MAX_PAGE_VALUES);
    const cursor = { bytes: unpacked(body, size, codec), at: 0 };
    checkPrefixedLevels(cursor, levels.repetition, count);
    checkPrefixedLevels(cursor, levels.definition, count);
    checkValues(cursor, first.encoding, type, count);
    return count;
  }
  const second = header.data_page_header_v2;
  if (second === undefined) return 0;
  const count = requireCount("values", second.num_values, MAX_PAGE_VALUES);
  requireCount("rows", second.num_rows, MAX_PAGE_VALUES);
  requireCount("nulls", second.num_nulls, count);
  const repetition = requireCount("bytes of levels", second.repetition_levels_byte_length, body.length);
  const definition = requireCount(
    "bytes of levels",
    second.definition_levels_byte_length,
    body.length - repetition,
  );
  const start = repetition + definition;
  if (levels.repetition > 0)
    checkRuns({ bytes: body.subarray(0, repetition), at: 0 }, bitsFor(levels.repetition), count);
  if (levels.definition > 0)
    checkRuns({ bytes: body.subarray(repetition, start), at: 0 }, bitsFor(levels.definition), count);
  const rest = body.subarray(start);
  const bytes = second.is_compressed === false ? rest : unpacked(rest, size - start, codec);
  checkValues({ bytes, at: 0 }, second.encoding, type, count);
  return count;
}

/**
 * Walks the pages of one column chunk.
 *
 * @param bytes the chunk as it is in the file
 * @throws Error in words when a count or a size cannot be true
 */
export function checkPages(bytes: Uint8Array, column: ColumnMetaData, { schema }: FileMetaData): void {
  const path = getSchemaPath(schema, [...column.path_in_schema]);
  const levels = { repetition: getMaxRepetitionLevel(path), definition: getMaxDefinitionLevel(path) };
  const reader = { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), offset: 0 };
  let values = 0;
  let size = 0;
  while (reader.offset < bytes.length - 1) {
    const header = parquetHeader(reader);
    const end = reader.offset + requireCount("bytes", header.compressed_page_size, bytes.length);
    if (end > bytes.length) throw new Error("a page ends beyond its column");
    values += checkPage(header, bytes.subarray(reader.offset, end), column, levels);
    size += header.uncompressed_page_size;
    if (values > MAX_CHUNK_VALUES) throw new Error(`a column has more than ${MAX_CHUNK_VALUES} values`);
    if (size > MAX_CHUNK_BYTES) throw new Error(`a column has more than ${MAX_CHUNK_BYTES} bytes`);
    reader.offset = end;
  }
}
