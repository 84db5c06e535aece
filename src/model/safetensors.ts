/**
 * @module
 * The safetensors file format: 8 bytes of header length (little-endian), a JSON header that gives each tensor's
 * dtype, shape and byte range, then the bytes. Reading checks the whole header before any number is trusted.
 */
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { ModelError, ShapeError } from "../errors/index.ts";
import { narrowBfloat16, widenBfloat16, widenFloat16 } from "./half-precision.ts";
import { Fields } from "./json-fields.ts";
import { replaceFile } from "./replace-file.ts";

/** Bytes per element of every dtype that a header may name. */
const DTYPE_BYTES: Readonly<Record<string, number>> = {
  BOOL: 1,
  U8: 1,
  I8: 1,
  F8_E5M2: 1,
  F8_E4M3: 1,
  I16: 2,
  U16: 2,
  F16: 2,
  BF16: 2,
  I32: 4,
  U32: 4,
  F32: 4,
  I64: 8,
  U64: 8,
  F64: 8,
};

/** The format's own limit, so that a broken length field cannot ask for all memory. */
const MAX_HEADER_BYTES = 100_000_000;

/** Where a tensor lies in its file. */
export interface TensorEntry {
  readonly dtype: string;
  readonly shape: readonly number[];
  /** Byte range within the file, end excluded. */
  readonly start: number;
  readonly end: number;
}

/** A checked header. */
export interface SafetensorsFile {
  readonly path: string;
  readonly tensors: ReadonlyMap<string, TensorEntry>;
  readonly metadata: Readonly<Record<string, string>>;
}

/** A tensor to write. */
export interface WeightTensor {
  readonly shape: readonly number[];
  /** Row-major. */
  readonly data: Float32Array;
}

/** Names at the header's top level as written, repetitions included, which `JSON.parse` would swallow. */
function writtenNames(header: string): string[] {
  const names: string[] = [];
  let depth = 0;
  for (const [token] of header.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\]]/g)) {
    if (token === "{" || token === "[") depth++;
    else if (token === "}" || token === "]") depth--;
    else if (depth === 1) names.push(JSON.parse(token) as string);
  }
  return names;
}

function readExactly(file: number, path: string, into: Uint8Array, position: number): void {
  for (let at = 0; at < into.length; ) {
    const got = readSync(file, into, at, Math.min(2 ** 30, into.length - at), position + at);
    if (got === 0)
      throw new ModelError(
        `${path}: truncated: ends at byte ${position + at}, expected ${position + into.length}`,
      );
    at += got;
  }
}

function withFile<T>(path: string, use: (file: number) => T): T {
  let file: number;
  try {
    file = openSync(path, "r");
  } catch (cause) {
    throw new ModelError(`${path}: cannot be opened: ${(cause as Error).message}`, { cause });
  }
  try {
    return use(file);
  } finally {
    closeSync(file);
  }
}

function parseEntry(json: unknown, where: string, dataStart: number, dataEnd: number): TensorEntry {
  const fields = new Fields(json, where);
  const dtype = fields.text("dtype");
  const bytes = DTYPE_BYTES[dtype];
  if (bytes === undefined) throw fields.error("dtype", `one of ${Object.keys(DTYPE_BYTES).join(", ")}`);
  const shape = fields.numbers("shape");
  if (!shape.every((size) => Number.isSafeInteger(size) && size >= 0))
    throw fields.error("shape", "sizes >= 0");
  const [begin, end, ...rest] = fields.numbers("data_offsets");
  if (begin === undefined || end === undefined || rest.length > 0 || !(begin >= 0 && begin <= end))
    throw fields.error("data_offsets", "[begin, end] with 0 <= begin <= end");
  if (dataStart + end > dataEnd) {
    throw new ModelError(
      `${where}: data_offsets: truncated file: tensor ends at byte ${dataStart + end}, the file at ${dataEnd}`,
    );
  }
  const size = shape.reduce((product, length) => product * length, bytes);
  if (end - begin !== size)
    throw fields.error("data_offsets", `${size} bytes for dtype ${dtype} and shape [${shape.join(", ")}]`);
  return { dtype, shape, start: dataStart + begin, end: dataStart + end };
}

/** Tensors must lie end to end: no overlap, no gap, nothing after the last. */
function checkLayout(
  path: string,
  tensors: ReadonlyMap<string, TensorEntry>,
  start: number,
  end: number,
): void {
  const sorted = [...tensors].sort(([, a], [, b]) => a.start - b.start || a.end - b.end);
  let at = start;
  for (const [name, entry] of sorted) {
    if (entry.start < at) throw new ModelError(`${path}: tensor ${name} overlaps the one before it`);
    if (entry.start > at)
      throw new ModelError(`${path}: ${entry.start - at} unused bytes before tensor ${name}`);
    at = entry.end;
  }
  if (at !== end) throw new ModelError(`${path}: ${end - at} unused bytes after the last tensor`);
}

/**
 * Reads and checks the header of a safetensors file.
 *
 * @throws ModelError when the file is missing or truncated, the header too long or not JSON, a name given twice,
 *   or a tensor's range does not fit its dtype and shape, leaves the file or overlaps another
 */
export function openSafetensors(path: string): SafetensorsFile {
  return withFile(path, (file) => {
    const fileSize = fstatSync(file).size;
    if (fileSize < 8)
      throw new ModelError(`${path}: truncated: ${fileSize} bytes, expected 8 of header length`);
    const prefix = Buffer.alloc(8);
    readExactly(file, path, prefix, 0);
    const length = prefix.readBigUInt64LE();
    if (length > MAX_HEADER_BYTES)
      throw new ModelError(`${path}: header of ${length} bytes, expected at most ${MAX_HEADER_BYTES}`);
    const dataStart = 8 + Number(length);
    if (dataStart > fileSize)
      throw new ModelError(`${path}: truncated: header ends at byte ${dataStart}, the file at ${fileSize}`);
    const header = Buffer.alloc(Number(length));
    readExactly(file, path, header, 8);
    const text = header.toString("utf8");
    let json: unknown;
    try {
      json = JSON.parse(text);
    } catch (cause) {
      throw new ModelError(`${path}: header is not valid JSON: ${(cause as Error).message}`, { cause });
    }
    const fields = new Fields(json, `${path}: header`);
    const names = new Set<string>();
    for (const name of writtenNames(text)) {
      if (names.has(name)) throw new ModelError(`${path}: tensor ${name} is in the header twice`);
      names.add(name);
    }
    const tensors = new Map<string, TensorEntry>();
    for (const name of names) {
      if (name === "__metadata__") continue;
      const entry = parseEntry(fields.json[name], `${path}: tensor ${name}`, dataStart, fileSize);
      tensors.set(name, entry);
    }
    checkLayout(path, tensors, dataStart, fileSize);
    const metadata = fields.object("__metadata__");
    return { path, tensors, metadata: metadata.json as Record<string, string> };
  });
}

/**
 * Reads one tensor, widened to 32 bits.
 *
 * @throws ModelError when the file has no such tensor, or one that is not F32, F16 or BF16
 */
export function readTensor(source: SafetensorsFile, name: string): Float32Array {
  const entry = source.tensors.get(name);
  if (entry === undefined) throw new ModelError(`${source.path}: no tensor ${name}`);
  if (!["F32", "F16", "BF16"].includes(entry.dtype)) {
    throw new ModelError(`${source.path}: tensor ${name}: expected F32, F16 or BF16, got ${entry.dtype}`);
  }
  const bytes = new Uint8Array(entry.end - entry.start);
  withFile(source.path, (file) => readExactly(file, source.path, bytes, entry.start));
  if (entry.dtype === "F32") return new Float32Array(bytes.buffer);
  const bits = new Uint16Array(bytes.buffer);
  return entry.dtype === "F16" ? widenFloat16(bits) : widenBfloat16(bits);
}

/** How tensors are written. */
export interface WriteOptions {
  /** Element type on disk; F32 unless given. BF16 rounds to nearest even. */
  readonly dtype?: "F32" | "BF16";
  readonly metadata?: Readonly<Record<string, string>>;
}

/**
 * Writes tensors to one file, which appears whole or not at all.
 *
 * @throws ShapeError when a tensor's data does not fill its shape
 * @throws RunError when the file cannot be written, for one because the disk is full; an older file stays
 */
export function writeSafetensors(
  path: string,
  tensors: ReadonlyMap<string, WeightTensor>,
  options: WriteOptions = {},
): void {
  const { dtype = "F32", metadata = {} } = options;
  const entries: [string, unknown][] = [];
  if (Object.keys(metadata).length > 0) entries.push(["__metadata__", metadata]);
  let offset = 0;
  for (const [name, { shape, data }] of tensors) {
    const size = shape.reduce((product, length) => product * length, 1);
    if (data.length !== size) {
      throw new ShapeError(
        `${path}: tensor ${name}: shape [${shape.join(", ")}] needs ${size} numbers, got ${data.length}`,
      );
    }
    const end = offset + size * (dtype === "F32" ? 4 : 2);
    entries.push([name, { dtype, shape, data_offsets: [offset, end] }]);
    offset = end;
  }
  const json = Buffer.from(JSON.stringify(Object.fromEntries(entries)));
  const header = Buffer.alloc(8 + Math.ceil(json.length / 8) * 8, " ");
  header.writeBigUInt64LE(BigInt(header.length - 8));
  json.copy(header, 8);
  function* parts(): Generator<Uint8Array> {
    yield header;
    for (const { data } of tensors.values()) {
      const stored = dtype === "F32" ? data : narrowBfloat16(data);
      yield new Uint8Array(stored.buffer, stored.byteOffset, stored.byteLength);
    }
  }
  replaceFile(path, parts());
}
