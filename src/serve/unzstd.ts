/**
 * @module
 * Bodies compressed with zstd (RFC 8878), block by block, so that what a small body says it is can be refused before it is.
 */
import { Decompress } from "fzstd";
import { Refusal } from "./refusal.ts";

/** Largest window of a frame, bytes: what the decoder keeps of its past. zstd's own decoders allow as much unless told. */
const MAX_WINDOW = 2 ** 27;
const MAGIC = 0xfd2fb528;
const FIRST = 0;

/**
 * The window that a frame's header asks for; undefined where there is no such header.
 *
 *     exponent = descriptor >> 3, mantissa = descriptor & 7, window = 2^(10 + exponent)·(1 + mantissa/8)
 */
function windowOf(bytes: Uint8Array): number | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.byteLength < 6 || view.getUint32(FIRST, true) !== MAGIC) return undefined;
  const flags = view.getUint8(4);
  const isSingle = ((flags >> 5) & 1) === 1;
  if (!isSingle) {
    const descriptor = view.getUint8(5);
    return 2 ** (10 + (descriptor >> 3)) * (1 + (descriptor & 7) / 8);
  }
  // The window of a single segment is its content, whose size follows the dictionary's id.
  const at = 5 + [0, 1, 2, 4][flags & 3]!;
  const bytesOfSize = [1, 2, 4, 8][flags >> 6]!;
  if (at + bytesOfSize > bytes.byteLength) return undefined;
  if (bytesOfSize === 8) return Number(view.getBigUint64(at, true));
  if (bytesOfSize === 4) return view.getUint32(at, true);
  return bytesOfSize === 2 ? view.getUint16(at, true) + 256 : view.getUint8(at);
}

/**
 * What a compressed body is.
 *
 * @param limit largest size that is allowed
 * @throws Refusal when it is larger, cut short or no zstd
 */
export function unzstd(bytes: Uint8Array, limit: number): Buffer {
  const window = windowOf(bytes);
  if (window === undefined)
    throw new Refusal("malformed-body", "body: expected zstd, as content-encoding says");
  if (window > Math.max(limit, MAX_WINDOW)) throw tooLarge(limit);
  const parts: Uint8Array[] = [];
  let size = 0;
  let isWhole = false;
  try {
    const decompress = new Decompress((part, isLast) => {
      size += part.byteLength;
      if (size > limit) throw tooLarge(limit);
      parts.push(part);
      isWhole ||= isLast === true;
    });
    decompress.push(bytes, true);
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Refusal(
      "malformed-body",
      `body: expected zstd, as content-encoding says: ${(error as Error).message}`,
    );
  }
  if (!isWhole)
    throw new Refusal("malformed-body", "body: expected zstd, as content-encoding says: cut short");
  return Buffer.concat(parts);
}

/** A body beyond the limit. */
export function tooLarge(limit: number): Refusal {
  return new Refusal("too-large", `body: expected at most ${limit} bytes`);
}
