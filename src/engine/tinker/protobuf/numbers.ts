/**
 * @module
 * Numbers as little-endian bytes, by their element type. JavaScript's numbers are doubles: float32 rounds them, and an int64
 * beyond 2⁵³ is refused rather than rounded.
 */
import { DType } from "./tinker_pb.ts";
import { WireFault } from "./wire-fault.ts";

interface Element {
  readonly name: string;
  readonly bytes: number;
  /** Absent where it is only ever read. */
  readonly write?: (view: DataView, at: number, value: number) => void;
  readonly read: (view: DataView, at: number) => number;
}

const ELEMENTS: Readonly<Partial<Record<DType, Element>>> = {
  [DType.DTYPE_FLOAT32]: {
    name: "float32",
    bytes: 4,
    write: (view, at, value) => view.setFloat32(at, value, true),
    read: (view, at) => view.getFloat32(at, true),
  },
  [DType.DTYPE_INT64]: {
    name: "int64",
    bytes: 8,
    write: (view, at, value) => view.setBigInt64(at, BigInt(value), true),
    read: (view, at) => Number(view.getBigInt64(at, true)),
  },
  [DType.DTYPE_INT32]: {
    name: "int32",
    bytes: 4,
    write: (view, at, value) => view.setInt32(at, value, true),
    read: (view, at) => view.getInt32(at, true),
  },
  [DType.DTYPE_BFLOAT16]: {
    name: "bfloat16",
    bytes: 2,
    // The upper half of a float32.
    read: (view, at) => fromBits(view.getUint16(at, true) << 16),
  },
  [DType.DTYPE_FOVEA_FLOAT64]: {
    name: "float64",
    bytes: 8,
    write: (view, at, value) => view.setFloat64(at, value, true),
    read: (view, at) => view.getFloat64(at, true),
  },
};

const scratch = new DataView(new ArrayBuffer(4));

function fromBits(bits: number): number {
  scratch.setInt32(0, bits);
  return scratch.getFloat32(0);
}

/** The element type that a number on the wire means. */
function elementOf(dtype: DType, field: string): Element {
  const element = ELEMENTS[dtype];
  if (element !== undefined) return element;
  const known = Object.entries(ELEMENTS).map(([number, own]) => `${number} (${own?.name})`);
  throw new WireFault(`${field}.dtype`, `expected one of ${known.join(", ")}, got ${dtype}`);
}

/** Bytes of one element. */
export function elementBytes(dtype: DType, field: string): number {
  return elementOf(dtype, field).bytes;
}

/** Numbers as bytes; null is NaN, which integers have not. */
export function packed(values: ArrayLike<number | null>, dtype: DType, field: string): Uint8Array {
  const { bytes, write, name } = elementOf(dtype, field);
  if (write === undefined) throw new WireFault(`${field}.dtype`, `${name} is only read`);
  const isInteger = name === "int64" || name === "int32";
  const data = new Uint8Array(values.length * bytes);
  const view = new DataView(data.buffer);
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? Number.NaN;
    if (isInteger && !Number.isSafeInteger(value)) {
      throw new WireFault(`${field}[${i}]`, `expected an integer for ${name}, got ${value}`);
    }
    write(view, i * bytes, value);
  }
  return data;
}

/**
 * The numbers that bytes are.
 *
 * @throws WireFault when the bytes are no whole number of elements, or an int64 is too large for a double
 */
export function unpacked(data: Uint8Array, dtype: DType, field: string): Float64Array {
  const { bytes, read, name } = elementOf(dtype, field);
  if (data.byteLength % bytes !== 0) {
    throw new WireFault(field, `expected a multiple of ${bytes} bytes (${name}), got ${data.byteLength}`);
  }
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const values = new Float64Array(data.byteLength / bytes);
  for (let i = 0; i < values.length; i++) {
    values[i] = read(view, i * bytes);
    if (name === "int64" && !Number.isSafeInteger(values[i])) {
      throw new WireFault(`${field}[${i}]`, `expected an integer below 2^53, got ${values[i]}`);
    }
  }
  return values;
}
