/**
 * @module
 * One file from a zip archive, unpacked in memory and accepted only if its checksum is right. yauzl's own
 * reader is not used. It needs its entry objects, 704 bytes per file against 120 of the index here, and checks no
 * checksum.
 */
import { promisify } from "node:util";
import { crc32, inflateRaw } from "node:zlib";
import { DataError } from "../../errors/index.ts";
import { type RegularFile, readBytes } from "../files/regular-file.ts";
import type { ZipEntry } from "./zip-index.ts";

const LOCAL_HEADER = 0x04034b50;
const LOCAL_HEADER_BYTES = 30;
/** Largest piece in which bytes are unpacked. */
const MAX_CHUNK = 2 ** 20;
const inflated = promisify(inflateRaw);

/** Bytes of the file in the archive, as they are packed. */
async function packed(file: RegularFile, { offset, packedBytes }: ZipEntry): Promise<Uint8Array> {
  const within = (end: number) => {
    if (end > file.size) throw new Error(`ends at byte ${end} of the archive's ${file.size}`);
    return end;
  };
  const header = await readBytes(file, offset, within(offset + LOCAL_HEADER_BYTES));
  const view = new DataView(header.buffer);
  if (view.getUint32(0, true) !== LOCAL_HEADER) throw new Error("its header is broken");
  const start = offset + LOCAL_HEADER_BYTES + view.getUint16(26, true) + view.getUint16(28, true);
  return readBytes(file, start, within(start + packedBytes));
}

async function unpacked(packedBytes: Uint8Array, { method, bytes }: ZipEntry): Promise<Uint8Array> {
  if (method === 0) return packedBytes;
  const chunkSize = Math.min(MAX_CHUNK, Math.max(64, bytes));
  return inflated(packedBytes, { maxOutputLength: bytes, chunkSize });
}

/** Why a file of an archive is not even begun with; undefined where it can be read. */
function refusal({ method, bytes, packedBytes, ...entry }: ZipEntry, maxBytes: number): string | undefined {
  if (entry.isEncrypted) return "is encrypted; unpack the archive with its password";
  if (entry.isLink) return "is a link, expected a file";
  if (entry.isTwice) return "is in the archive more than once, with different content";
  if (method !== 0 && method !== 8)
    return `is packed by method ${method}, expected none or deflate; unpack the archive`;
  if (bytes === 0) return "is empty";
  const larger = Math.max(bytes, packedBytes);
  return larger > maxBytes ? `expected at most ${maxBytes} bytes, got ${larger}` : undefined;
}

/**
 * Reads a file of an archive. Nothing is unpacked beyond the size that the directory gives it.
 *
 * @param maxBytes largest size, checked before anything is read
 * @param shown names the file in errors
 * @throws DataError when it is encrypted, a link, ambiguous, packed in an unusual way, empty, too large or cut off.
 *   Also when its size or checksum is not as stated, or the archive has changed.
 */
export async function readZipEntry(
  file: RegularFile,
  entry: ZipEntry,
  maxBytes: number,
  shown: string,
): Promise<Uint8Array> {
  const reason = refusal(entry, maxBytes);
  if (reason !== undefined) throw new DataError(`${shown}: ${reason}`);
  try {
    const content = await unpacked(await packed(file, entry), entry);
    if (content.length !== entry.bytes)
      throw new Error(`expected ${entry.bytes} bytes, got ${content.length}`);
    if (crc32(content) !== entry.crc32) throw new Error("its checksum is wrong");
    return content;
  } catch (cause) {
    const isLarger = (cause as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE";
    const why = isLarger ? `has more than the ${entry.bytes} bytes promised` : (cause as Error).message;
    throw new DataError(`${shown}: cannot be unpacked: ${why}`, { cause });
  }
}
