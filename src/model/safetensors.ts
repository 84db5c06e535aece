/**
 * @module
 * Reading safetensors files: 8 bytes of header length (little-endian), a JSON header that gives each tensor's dtype,
 * shape and byte range, then the bytes. Only the header is read when a file is opened; numbers are read tensor by
 * tensor, or a stretch of one, when they are asked for.
 */
import { closeSync, fstatSync, openSync, readSync, statSync } from "node:fs";
import { ModelError, ShapeError } from "../errors/index.ts";
import { isFloatType } from "./float-type.ts";
import { widenBfloat16, widenFloat16 } from "./half-precision.ts";
import { IS_POINTER, isLfsPointer, MAX_POINTER_BYTES } from "./lfs-pointer.ts";
import { parseHeader, type SafetensorsHeader, type TensorEntry } from "./safetensors-header.ts";

/**
 * A header longer than this is refused. It has room for a hundred thousand tensors, where the largest checkpoints have
 * a few thousand; the format's own limit, 100 MB, would take a gigabyte to parse.
 */
const MAX_HEADER_BYTES = 2 ** 24;

/** Bytes that are widened at once. */
const CHUNK_BYTES = 2 ** 22;
/** Float32 numbers that are read or written at once: Node has no array of as many bytes as the largest tensors have. */
export const WHOLE_CHUNK = 2 ** 28;

/** An opened file. */
export interface SafetensorsFile extends SafetensorsHeader {
  readonly path: string;
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
    // Opening a pipe would wait for a writer.
    if (!statSync(path).isFile()) throw new Error("not a file");
    file = openSync(path, "r");
  } catch (cause) {
    throw new ModelError(`${path}: cannot be opened: ${(cause as Error).message}`, { cause });
  }
  try {
    return use(file);
  } catch (cause) {
    if (cause instanceof ModelError) throw cause;
    throw new ModelError(`${path}: cannot be read: ${(cause as Error).message}`, { cause });
  } finally {
    closeSync(file);
  }
}

/**
 * Reads and checks the header of a safetensors file.
 *
 * @throws ModelError when the file is missing or truncated, or the header is too long, not JSON or names a tensor
 *   twice. Also when a tensor's range does not fit its dtype and shape, leaves the file or overlaps another.
 */
export function openSafetensors(path: string): SafetensorsFile {
  return withFile(path, (file) => {
    const fileSize = fstatSync(file).size;
    if (fileSize < 8)
      throw new ModelError(`${path}: truncated: ${fileSize} bytes, expected 8 of header length`);
    const prefix = Buffer.alloc(8);
    readExactly(file, path, prefix, 0);
    const length = prefix.readBigUInt64LE();
    if (fileSize <= MAX_POINTER_BYTES) {
      const whole = new Uint8Array(fileSize);
      readExactly(file, path, whole, 0);
      if (isLfsPointer(whole)) throw new ModelError(`${path}: ${IS_POINTER}`);
    }
    if (length > MAX_HEADER_BYTES)
      throw new ModelError(`${path}: header of ${length} bytes, expected at most ${MAX_HEADER_BYTES}`);
    const dataStart = 8 + Number(length);
    if (dataStart > fileSize)
      throw new ModelError(`${path}: truncated: header ends at byte ${dataStart}, the file at ${fileSize}`);
    const header = new Uint8Array(Number(length));
    readExactly(file, path, header, 8);
    return { path, ...parseHeader(header, path, fileSize) };
  });
}

/**
 * Reads one tensor, widened to 32 bits.
 *
 * @throws ModelError when the file has no such tensor, or one that is not F32, F16 or BF16
 */
export function readTensor(source: SafetensorsFile, name: string): Float32Array {
  const { start, end, dtype } = floatTensor(source, name);
  const numbers = new Float32Array((end - start) / elementBytes(dtype));
  readTensorInto(source, name, numbers);
  return numbers;
}

/**
 * Reads a range of one tensor, widened to 32 bits, into an array; beside it no more than 4 MiB are held.
 *
 * @param into filled whole
 * @param first element of the tensor, row-major, that comes first
 * @throws ModelError when the file has no such tensor, or one that is not F32, F16 or BF16
 * @throws ShapeError when the range leaves the tensor
 */
export function readTensorInto(source: SafetensorsFile, name: string, into: Float32Array, first = 0): void {
  const { start, end, dtype } = floatTensor(source, name);
  const size = elementBytes(dtype);
  const count = (end - start) / size;
  if (first < 0 || first + into.length > count) {
    throw new ShapeError(
      `${source.path}: tensor ${name}: expected a stretch of its ${count} numbers, got [${first}, ${first + into.length})`,
    );
  }
  withFile(source.path, (file) => {
    if (dtype === "F32") {
      for (let at = 0; at < into.length; at += WHOLE_CHUNK) {
        const part = into.subarray(at, at + WHOLE_CHUNK);
        const bytes = new Uint8Array(part.buffer, part.byteOffset, part.byteLength);
        readExactly(file, source.path, bytes, start + (first + at) * size);
      }
      return;
    }
    const widen = dtype === "F16" ? widenFloat16 : widenBfloat16;
    const bits = new Uint16Array(Math.min(into.length, CHUNK_BYTES / size));
    for (let at = 0; at < into.length; at += bits.length) {
      const part = bits.subarray(0, Math.min(bits.length, into.length - at));
      const bytes = new Uint8Array(part.buffer, 0, part.byteLength);
      readExactly(file, source.path, bytes, start + (first + at) * size);
      widen(part, into.subarray(at, at + part.length));
    }
  });
}

function floatTensor(source: SafetensorsFile, name: string): TensorEntry {
  const entry = source.tensors.get(name);
  if (entry === undefined) throw new ModelError(`${source.path}: no tensor ${name}`);
  if (!isFloatType(entry.dtype)) {
    throw new ModelError(`${source.path}: tensor ${name}: expected F32, F16 or BF16, got ${entry.dtype}`);
  }
  return entry;
}

function elementBytes(dtype: string): number {
  return dtype === "F32" ? 4 : 2;
}
