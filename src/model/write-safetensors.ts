/**
 * @module
 * Writing safetensors files, tensor by tensor: numbers may be made when their turn comes and be forgotten after it.
 */
import { ShapeError } from "../errors/index.ts";
import { replaceFile } from "../files/index.ts";
import { type FloatType, requireFloatType } from "./float-type.ts";
import { narrowBfloat16, narrowFloat16 } from "./half-precision.ts";
import { WHOLE_CHUNK } from "./safetensors.ts";

/** A tensor to write. */
export interface WeightTensor {
  readonly shape: readonly number[];
  /** Row-major. A getter is called once, when its tensor is written: so a file may be larger than memory. */
  readonly data: Float32Array;
}

/** How tensors are written. */
export interface WriteOptions {
  /** Element type on disk; F32 unless given. BF16 and F16 round to nearest even. */
  readonly dtype?: FloatType;
  readonly metadata?: Readonly<Record<string, string>>;
}

/** Numbers that are narrowed at once. */
const CHUNK = 2 ** 20;

/** Elements of a tensor of this shape. */
export function elements(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}

/**
 * Bytes of a tensor on disk.
 *
 * @throws ConfigError when there is no such element type
 */
export function storedBytes(shape: readonly number[], dtype: FloatType): number {
  requireFloatType(dtype);
  return elements(shape) * (dtype === "F32" ? 4 : 2);
}

/**
 * The bytes of a file, part by part.
 *
 * @param path for messages
 * @throws ShapeError, when its turn has come, for a tensor whose data does not fill its shape
 */
export function* safetensorsParts(
  path: string,
  tensors: ReadonlyMap<string, WeightTensor>,
  { dtype = "F32", metadata = {} }: WriteOptions = {},
): Generator<Uint8Array> {
  yield header(tensors, dtype, metadata);
  for (const [name, tensor] of tensors) yield* storedParts(`${path}: tensor ${name}`, tensor, dtype);
}

/**
 * The bytes of one tensor, part by part, least significant byte first.
 *
 * @param where for the message
 * @throws ShapeError when the data does not fill the shape
 */
export function* storedParts(where: string, tensor: WeightTensor, dtype: FloatType): Generator<Uint8Array> {
  const { shape } = tensor;
  const { data } = tensor;
  if (data.length !== elements(shape)) {
    throw new ShapeError(
      `${where}: shape [${shape.join(", ")}] needs ${elements(shape)} numbers, got ${data.length}`,
    );
  }
  const narrow = dtype === "F16" ? narrowFloat16 : narrowBfloat16;
  const size = dtype === "F32" ? WHOLE_CHUNK : CHUNK;
  for (let at = 0; at < data.length; at += size) {
    const part = data.subarray(at, at + size);
    const stored = dtype === "F32" ? part : narrow(part);
    yield new Uint8Array(stored.buffer, stored.byteOffset, stored.byteLength);
  }
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
  replaceFile(path, safetensorsParts(path, tensors, options));
}

/** Length and JSON, padded so that the numbers start at a multiple of 8. */
function header(
  tensors: ReadonlyMap<string, WeightTensor>,
  dtype: FloatType,
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const entries: [string, unknown][] = [];
  if (Object.keys(metadata).length > 0) entries.push(["__metadata__", metadata]);
  let offset = 0;
  for (const [name, { shape }] of tensors) {
    const end = offset + storedBytes(shape, dtype);
    entries.push([name, { dtype, shape, data_offsets: [offset, end] }]);
    offset = end;
  }
  const json = Buffer.from(JSON.stringify(Object.fromEntries(entries)));
  const bytes = Buffer.alloc(8 + Math.ceil(json.length / 8) * 8, " ");
  bytes.writeBigUInt64LE(BigInt(bytes.length - 8));
  json.copy(bytes, 8);
  return bytes;
}
