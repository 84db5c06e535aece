/**
 * @module
 * A table's true format by its first bytes. Files are often renamed after another program compressed them, or a
 * server sent a page of its own instead: then the rows' errors would not say why.
 */
import { open, stat } from "node:fs/promises";
import { DataError } from "../../errors/index.ts";
import type { FileFormat } from "./table.ts";

const HEAD_BYTES = 512;

/** Packed files by their first bytes, and a program that unpacks them. */
const PACKED: readonly (readonly [start: string, what: string, hint: string])[] = [
  ["\x1f\x8b", "compressed by gzip", "unpack it with gunzip"],
  ["\x28\xb5\x2f\xfd", "compressed by Zstandard", "unpack it with unzstd"],
  ["\xfd7zXZ\0", "compressed by xz", "unpack it with unxz"],
  ["BZh", "compressed by bzip2", "unpack it with bunzip2"],
  ["PK\x03\x04", "a zip archive or a workbook", "unpack it, or save the sheet as CSV"],
  ["ARROW1", "an Arrow file", "write it as parquet"],
];

/** Whether bytes are of UTF-16: by their mark, or since every second byte of English in it is 0. */
function isWide(head: Uint8Array): boolean {
  if ((head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff)) return true;
  const start = head.subarray(0, 64);
  return start.length >= 4 && start.filter((byte) => byte === 0).length >= start.length / 4;
}

async function headOf(path: string): Promise<Uint8Array | undefined> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined || !found.isFile()) return undefined;
  const handle = await open(path).catch(() => undefined);
  if (handle === undefined) return undefined;
  try {
    const head = new Uint8Array(HEAD_BYTES);
    const { bytesRead } = await handle.read(head, 0, head.length, 0);
    return head.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

/**
 * Rejects a file whose content is of another format than its rows are to be. A file that cannot be read is left to its
 * reader.
 *
 * @throws DataError when it is compressed, a page of HTML, no UTF-8, or a table of another format
 */
export async function refuseOtherContent(path: string, format: FileFormat): Promise<void> {
  const head = await headOf(path);
  if (head === undefined || head.length === 0) return;
  const text = Buffer.from(head).toString("latin1");
  const packed = PACKED.find(([start]) => text.startsWith(start));
  if (packed !== undefined) {
    const [, what, hint] = packed;
    throw new DataError(`${path}: expected ${format}, got a file that is ${what}: ${hint}`);
  }
  if (/^(?:\xef\xbb\xbf)?\s*<(?:!doctype html|html)/i.test(text))
    throw new DataError(`${path}: expected ${format}, got a page of HTML: download the file itself`);
  if (format === "parquet") return;
  if (text.startsWith("PAR1"))
    throw new DataError(`${path}: expected ${format}, got parquet: data.format: parquet reads it`);
  if (isWide(head))
    throw new DataError(
      `${path} line 1: is no UTF-8 text, but looks like UTF-16: save the file again as UTF-8`,
    );
}
