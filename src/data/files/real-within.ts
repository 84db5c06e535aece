/**
 * @module
 * Paths with their links followed, which must not lead out of a directory.
 */
import { realpath } from "node:fs/promises";
import { isAbsolute, join, relative, sep } from "node:path";
import { DataError } from "../../errors/index.ts";

/** A snapshot in the cache of the Hugging Face Hub, whose files are links to `blobs/` beside it. */
const SNAPSHOT = /^(.*[\\/]datasets--[^\\/]+)[\\/]snapshots[\\/][0-9a-f]{40}(?=[\\/]|$)/;

/** Whether a path is in a directory, or the directory itself; links are not followed. */
export function isWithin(root: string, path: string): boolean {
  const way = relative(root, path);
  return way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

async function real(path: string, shown: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const reason =
      code === "ENOENT" || code === "ENOTDIR"
        ? "no such file"
        : code === "ELOOP"
          ? "its links go in a circle"
          : (cause as Error).message;
    throw new DataError(`${shown}: ${reason}`, { cause });
  }
}

/** Whether an error says that there is nothing at a path. */
export function isMissing(error: unknown): error is DataError {
  if (!(error instanceof DataError)) return false;
  const { code } = (error.cause ?? {}) as NodeJS.ErrnoException;
  return code === "ENOENT" || code === "ENOTDIR";
}

/**
 * The real path of something in a directory.
 *
 * @param shown names it in errors
 * @throws DataError when it is missing, its links loop, or they lead out of the directory. Links in a snapshot of the
 *   hub's cache may lead to the blobs of the same data set.
 */
export async function realWithin(root: string, path: string, shown: string): Promise<string> {
  const target = await real(path, shown);
  const home = await real(root, shown);
  const [, repository] = SNAPSHOT.exec(home) ?? [];
  if (isWithin(home, target)) return target;
  if (repository !== undefined && isWithin(join(repository, "blobs"), target)) return target;
  throw new DataError(
    `${shown}: is a link out of the image directory ${root}, to ${target}; if these files are meant, set data.images to a directory that holds them`,
  );
}
