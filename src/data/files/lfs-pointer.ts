/**
 * @module
 * Rejects files that are Git LFS pointers.
 */
import { open, stat } from "node:fs/promises";
import { DataError } from "../../errors/index.ts";
import { IS_POINTER, isLfsPointer, MAX_POINTER_BYTES } from "../../model/index.ts";

/**
 * Rejects a file that is a Git LFS pointer. The reader of the file itself reports a file that cannot be read.
 *
 * @param shown names the file in the error; its path unless given
 * @throws DataError when it is one
 */
export async function refuseLfsPointer(path: string, shown = path): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined || !found.isFile() || found.size > MAX_POINTER_BYTES) return;
  const handle = await open(path).catch(() => undefined);
  if (handle === undefined) return;
  try {
    const head = new Uint8Array(found.size);
    await handle.read(head, 0, head.length, 0);
    if (isLfsPointer(head)) throw new DataError(`${shown}: ${IS_POINTER}`);
  } finally {
    await handle.close();
  }
}
