/**
 * @module
 * Images at paths that a data set names: they must lie within one directory, links followed.
 */
import { realpath, stat } from "node:fs/promises";
import { isAbsolute, relative, resolve, sep } from "node:path";
import { DataError } from "../../errors/index.ts";

/** Largest image file, bytes. */
const MAX_FILE_BYTES = 256 * 2 ** 20;

function isWithin(root: string, path: string): boolean {
  const way = relative(root, path);
  return way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

async function real(path: string, shown: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const reason =
      code === "ENOENT"
        ? "no such file"
        : code === "ELOOP"
          ? "its links go in a circle"
          : (cause as Error).message;
    throw new DataError(`image ${shown}: ${reason}`, { cause });
  }
}

/**
 * The real path of an image.
 *
 * @param root directory that it must stay in
 * @throws DataError when it leads out of the root, is missing, empty, too large or no file, or its links loop
 */
export async function imagePath(root: string, named: string): Promise<string> {
  const shown = JSON.stringify(named.slice(0, 300));
  if (named.includes("\0")) throw new DataError(`image ${shown}: is no path`);
  const path = resolve(root, named);
  if (!isWithin(resolve(root), path))
    throw new DataError(
      `image ${shown}: leads out of the image directory ${root} (data.images names another)`,
    );
  const found = await real(path, shown);
  if (!isWithin(await real(root, shown), found))
    throw new DataError(`image ${shown}: is a link out of the image directory ${root}`);
  const { size, isFile } = await stat(found).then((entry) => ({ size: entry.size, isFile: entry.isFile() }));
  if (!isFile) throw new DataError(`image ${shown}: expected a file, got something else`);
  if (size === 0) throw new DataError(`image ${shown}: is empty`);
  if (size > MAX_FILE_BYTES)
    throw new DataError(`image ${shown}: expected at most ${MAX_FILE_BYTES} bytes, got ${size}`);
  return found;
}
