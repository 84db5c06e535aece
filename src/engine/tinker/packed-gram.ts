/**
 * @module
 * A Gram matrix as it travels: its lower triangle, row by row, each row up to and including its diagonal, as little-endian
 * single-precision numbers in base64. At T = 2,048 that is 11 MB where digits take about 50.
 */
import { EngineError } from "../../errors/index.ts";

const BYTES = 4;

/**
 * The whole matrix.
 *
 * @param data base64 of T·(T + 1)/2 numbers
 * @param length T
 * @returns `[T × T]`
 * @throws EngineError when it has another number of bytes
 */
export function unpackedGram(data: string, length: number, where: string): Float64Array {
  const bytes = Buffer.from(data, "base64");
  const expected = (BYTES * length * (length + 1)) / 2;
  if (bytes.byteLength !== expected) {
    throw new EngineError(
      `${where}: expected a packed gram of ${expected} bytes (${length} tokens), got ${bytes.byteLength}`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const gram = new Float64Array(length * length);
  let at = 0;
  for (let i = 0; i < length; i++) {
    for (let j = 0; j <= i; j++) {
      const value = view.getFloat32(at, true);
      gram[i * length + j] = value;
      gram[j * length + i] = value;
      at += BYTES;
    }
  }
  return gram;
}
