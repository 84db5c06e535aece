/**
 * @module
 * The rule of the viewer: a file is opened only where its real path, links resolved, lies in the directory it is
 * asked of.
 */
import { realpath } from "node:fs/promises";
import { join, sep } from "node:path";
import { RunError } from "../../errors/index.ts";

/** Whether a real path is a directory or lies below it; both resolved. */
export function isWithin(directory: string, path: string): boolean {
  return path === directory || path.startsWith(directory.endsWith(sep) ? directory : directory + sep);
}

/**
 * The real path of something in a directory; undefined when there is nothing.
 *
 * @throws RunError when it leads out of the directory
 */
export async function containedPath(
  directory: string,
  ...names: readonly string[]
): Promise<string | undefined> {
  let root: string;
  let path: string;
  try {
    root = await realpath(directory);
    path = await realpath(join(root, ...names));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw new RunError(`${join(directory, ...names)}: ${message}`, { cause: error });
  }
  if (isWithin(root, path)) return path;
  throw new RunError(`${join(directory, ...names)}: leads out of the run directory; it is not opened`);
}
