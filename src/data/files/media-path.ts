/**
 * @module
 * Images and videos at paths that a data set names: they must lie within one directory, links followed.
 */
import { readdir, realpath, stat } from "node:fs/promises";
import { isAbsolute, relative, resolve, sep } from "node:path";
import { DataError } from "../../errors/index.ts";
import { isArchive } from "./discover.ts";

/** Largest image file, bytes. */
const MAX_IMAGE_BYTES = 256 * 2 ** 20;

/** What is found at a path. */
interface FoundMedium {
  /** Without links. */
  readonly path: string;
  readonly isDirectory: boolean;
}

/** The kinds of things that paths lead to. */
type Medium = "image" | "video";

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
    throw new DataError(`${shown}: ${reason}`, { cause });
  }
}

/** A medium and its path, for messages. */
export function shownMedium(medium: Medium, named: string): string {
  return `${medium} ${JSON.stringify(named.slice(0, 300))}`;
}

/** What is missing may lie packed in the image directory, or in another one. */
async function withHint(error: unknown, root: string): Promise<unknown> {
  if (!(error instanceof DataError && (error.cause as NodeJS.ErrnoException | undefined)?.code === "ENOENT"))
    return error;
  const archive = (await readdir(root).catch(() => [])).find(isArchive);
  const packed = archive === undefined ? "" : `; ${archive} lies there packed: unpack it (unzip, tar -xf)`;
  const place = ` in the image directory ${root} (data.images names another)`;
  return new DataError(`${error.message}${place}${packed}`, { cause: error.cause });
}

async function found(root: string, named: string, medium: Medium): Promise<FoundMedium> {
  const shown = shownMedium(medium, named);
  if (named.includes("\0")) throw new DataError(`${shown}: is no path`);
  const path = resolve(root, named.replace(/^file:\/\//, ""));
  if (!isWithin(resolve(root), path))
    throw new DataError(`${shown}: leads out of the image directory ${root} (data.images names another)`);
  const target = await real(path, shown).catch(async (error: unknown) => {
    throw await withHint(error, root);
  });
  if (!isWithin(await real(root, shown), target))
    throw new DataError(`${shown}: is a link out of the image directory ${root}`);
  const entry = await stat(target);
  const isDirectory = entry.isDirectory();
  if (!(entry.isFile() || (isDirectory && medium === "video")))
    throw new DataError(`${shown}: expected a file, got something else`);
  if (entry.isFile() && entry.size === 0) throw new DataError(`${shown}: is empty`);
  if (medium === "image" && entry.size > MAX_IMAGE_BYTES)
    throw new DataError(`${shown}: expected at most ${MAX_IMAGE_BYTES} bytes, got ${entry.size}`);
  return { path: target, isDirectory };
}

/**
 * The real path of an image.
 *
 * @param root directory that it must stay in
 * @throws DataError when it leads out of the root, is missing, empty, too large or no file, or its links loop
 */
export async function imagePath(root: string, named: string): Promise<string> {
  return (await found(root, named, "image")).path;
}

/**
 * The real path of a video file, or of a directory of its frames.
 *
 * @param root directory that it must stay in
 * @throws DataError when it leads out of the root, is missing or empty, or its links loop
 */
export function videoPath(root: string, named: string): Promise<FoundMedium> {
  return found(root, named, "video");
}
