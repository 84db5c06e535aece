/**
 * @module
 * Bodies compressed with zstd (RFC 8878): one frame, decompressed block by block, so that a body that would become too large
 * is refused before it is there. The frame's header and the lengths of its blocks are read first, since a decoder sets
 * aside what memory a header asks for.
 */
import { Decompress } from "fzstd";
import { Refusal } from "./refusal.ts";

/**
 * Largest window of a frame, bytes: the past output that the decoder keeps. zstd's own decoders allow as much by
 * default.
 */
const MAX_WINDOW = 2 ** 27;
const MAGIC = 0xfd2fb528;
/** Bytes of magic number and descriptor. */
const FIXED_HEADER = 5;
const BLOCK_HEADER = 3;
const CHECKSUM = 4;
/** A block of this type is one byte, repeated. */
const RUN = 1;

/** The content of a frame's header. */
interface Frame {
  /** Bytes that the decoder keeps of its past. */
  readonly window: number;
  readonly headerBytes: number;
  readonly hasChecksum: boolean;
}

function malformed(what: string): Refusal {
  return new Refusal("malformed-body", `body: expected one frame of zstd, as content-encoding says: ${what}`);
}

/** A body beyond the limit. */
export function tooLarge(limit: number): Refusal {
  return new Refusal("too-large", `body: expected at most ${limit} bytes`);
}

/**
 * Reads a frame's header.
 *
 *     window = 2^(10 + exponent)·(1 + mantissa/8)     or the size of the content, where the frame is a single segment
 */
function frameOf(view: DataView): Frame {
  if (view.byteLength < FIXED_HEADER || view.getUint32(0, true) !== MAGIC)
    throw malformed("another magic number");
  const flags = view.getUint8(4);
  const isSingle = ((flags >> 5) & 1) === 1;
  const sizeBytes = [isSingle ? 1 : 0, 2, 4, 8][flags >> 6]!;
  const sizeAt = FIXED_HEADER + (isSingle ? 0 : 1) + [0, 1, 2, 4][flags & 3]!;
  const headerBytes = sizeAt + sizeBytes;
  if (headerBytes > view.byteLength) throw malformed("cut short within its header");
  const frame = { headerBytes, hasChecksum: ((flags >> 2) & 1) === 1 };
  if (!isSingle) {
    const descriptor = view.getUint8(FIXED_HEADER);
    return { ...frame, window: 2 ** (10 + (descriptor >> 3)) * (1 + (descriptor & 7) / 8) };
  }
  const size = {
    1: () => view.getUint8(sizeAt),
    2: () => view.getUint16(sizeAt, true) + 256,
    4: () => view.getUint32(sizeAt, true),
    8: () => Number(view.getBigUint64(sizeAt, true)),
  }[sizeBytes]!;
  return { ...frame, window: size() };
}

/** Fails unless the frame's blocks end where the body ends. */
function checkBlocks(view: DataView, { headerBytes, hasChecksum }: Frame): void {
  let at = headerBytes;
  for (let isLast = false; !isLast; ) {
    if (at + BLOCK_HEADER > view.byteLength) throw malformed("cut short");
    const header = view.getUint16(at, true) | (view.getUint8(at + 2) << 16);
    isLast = (header & 1) === 1;
    at += BLOCK_HEADER + (((header >> 1) & 3) === RUN ? 1 : header >> 3);
  }
  at += hasChecksum ? CHECKSUM : 0;
  if (at > view.byteLength) throw malformed("cut short");
  if (at < view.byteLength) throw malformed(`${view.byteLength - at} bytes after its end`);
}

/**
 * The decompressed body.
 *
 * @param limit largest size that is allowed
 * @throws Refusal when it is larger, cut short, no zstd, or more than one frame
 */
export function unzstd(bytes: Uint8Array, limit: number): Buffer {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const frame = frameOf(view);
  if (frame.window > Math.max(limit, MAX_WINDOW)) throw tooLarge(limit);
  checkBlocks(view, frame);
  const parts: Uint8Array[] = [];
  let size = 0;
  try {
    const decompress = new Decompress((part) => {
      size += part.byteLength;
      if (size > limit) throw tooLarge(limit);
      parts.push(part);
    });
    decompress.push(bytes, true);
  } catch (error) {
    throw error instanceof Refusal ? error : malformed((error as Error).message);
  }
  return Buffer.concat(parts);
}
