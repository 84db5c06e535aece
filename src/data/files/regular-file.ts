/**
 * @module
 * Reading parts of a file that must not change meanwhile. Nothing stays open between reads.
 */
import { createHash, type Hash } from "node:crypto";
import type { Stats } from "node:fs";
import { type FileHandle, open, stat } from "node:fs/promises";
import { DataError } from "../../errors/index.ts";

const CHUNK = 1 << 20;

/** The state of a file when it was first looked at. */
export interface RegularFile {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** Time of the last change, milliseconds. */
  readonly changedMs: number;
}

function cannotRead(path: string, cause: unknown): DataError {
  return new DataError(`${path}: cannot be read: ${(cause as Error).message}`, { cause });
}

/**
 * Looks at a file.
 *
 * @throws DataError when it is missing or is no regular file: a pipe or a device would never end
 */
export async function regularFile(path: string): Promise<RegularFile> {
  const found = await stat(path).catch((cause: unknown) => {
    throw cannotRead(path, cause);
  });
  if (!found.isFile()) throw new DataError(`${path}: expected a file, got something else`);
  return { path, size: found.size, changedMs: found.mtimeMs };
}

function checkSame(file: RegularFile, now: Stats): void {
  if (now.size !== file.size || now.mtimeMs !== file.changedMs)
    throw new DataError(`${file.path}: was changed after it was opened`);
}

/**
 * Looks at a file again.
 *
 * @throws DataError when it has changed or is gone
 */
export async function checkUnchanged(file: RegularFile): Promise<void> {
  const now = await stat(file.path).catch((cause: unknown) => {
    throw cannotRead(file.path, cause);
  });
  checkSame(file, now);
}

async function withHandle<T>(file: RegularFile, work: (handle: FileHandle) => Promise<T>): Promise<T> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(file.path);
    checkSame(file, await handle.stat());
    return await work(handle);
  } catch (cause) {
    throw cause instanceof DataError ? cause : cannotRead(file.path, cause);
  } finally {
    await handle?.close();
  }
}

/**
 * The bytes from `start` up to `end`.
 *
 * @throws DataError when the file has changed or ends too early
 */
export function readBytes(file: RegularFile, start: number, end: number): Promise<Uint8Array> {
  return withHandle(file, async (handle) => {
    const bytes = new Uint8Array(end - start);
    let filled = 0;
    while (filled < bytes.length) {
      const { bytesRead } = await handle.read(bytes, filled, bytes.length - filled, start + filled);
      if (bytesRead === 0)
        throw new DataError(`${file.path}: ends at byte ${start + filled}, expected ${end}`);
      filled += bytesRead;
    }
    return bytes;
  });
}

/**
 * Reads a whole file piece by piece, each at most 1 MiB.
 *
 * @param visit called with each piece and where it begins; a piece is overwritten by the next
 * @returns hex sha256 of the file
 */
export function scanFile(
  file: RegularFile,
  visit: (piece: Uint8Array, start: number) => void,
): Promise<string> {
  return withHandle(file, async (handle) => {
    const hash: Hash = createHash("sha256");
    const buffer = new Uint8Array(Math.min(CHUNK, Math.max(1, file.size)));
    for (let at = 0; at < file.size; ) {
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, at);
      if (bytesRead === 0) throw new DataError(`${file.path}: ends at byte ${at}, expected ${file.size}`);
      const piece = buffer.subarray(0, bytesRead);
      hash.update(piece);
      visit(piece, at);
      at += bytesRead;
    }
    return hash.digest("hex");
  });
}
