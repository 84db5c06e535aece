/**
 * @module
 * Git LFS pointers: the small texts that a clone without Git LFS has in the place of large files.
 */
import { open, stat } from "node:fs/promises";
import { DataError } from "../../errors/index.ts";

const START = "version https://git-lfs.github.com/spec/";
/** A pointer is at most this long, by its specification. */
const MAX_BYTES = 1024;

/**
 * Rejects a file that is a Git LFS pointer. The reader of the file itself reports a file that cannot be read.
 *
 * @param shown names the file in the error; its path unless given
 * @throws DataError when it is one
 */
export async function refuseLfsPointer(path: string, shown = path): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined || !found.isFile() || found.size > MAX_BYTES) return;
  const handle = await open(path).catch(() => undefined);
  if (handle === undefined) return;
  try {
    const head = Buffer.alloc(START.length);
    await handle.read(head, 0, head.length, 0);
    if (head.toString("latin1") === START)
      throw new DataError(
        `${shown}: is a Git LFS pointer, not the file itself: run git lfs pull, or download the file`,
      );
  } finally {
    await handle.close();
  }
}
