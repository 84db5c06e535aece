/**
 * @module
 * Images and videos that lie at a path within one directory, links followed.
 */
import { existsSync } from "node:fs";
import { stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { DataError } from "../../errors/index.ts";
import { refuseLfsPointer } from "./lfs-pointer.ts";
import { isWithin, realWithin } from "./real-within.ts";

/** Largest image file, bytes. */
export const MAX_IMAGE_BYTES = 256 * 2 ** 20;

/** The file or archive entry at a path. */
export interface FoundMedium {
  /** Without links. */
  readonly path: string;
  readonly isDirectory: boolean;
}

/** The kinds of things that paths lead to. */
export type Medium = "image" | "video";

/** A medium and its path, for messages. */
export function shownMedium(medium: Medium, named: string): string {
  return `${medium} ${JSON.stringify(named.slice(0, 300))}`;
}

const FILE_URL = /^file:\/\/(?:localhost(?=\/))?/i;

/** The path of a file in a folder that a row names; a file URL stays one, with its escapes. */
export function inFolder(folder: string, name: string): string {
  if (!FILE_URL.test(folder)) return join(folder, name);
  return `${folder.replace(/\/+$/, "")}/${folder.includes("%") ? encodeURIComponent(name) : name}`;
}

/** The file that is at a path, or at the path that a file URL writes with escapes such as `%20`. */
function unescaped(named: string, path: string): string {
  if (!FILE_URL.test(named) || existsSync(path)) return path;
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** A path with slashes in place of the backslashes that programs on Windows write. */
export function slashed(path: string): string {
  return path.replaceAll("\\", "/");
}

/**
 * The path of a file as a row writes it, else as it is on disk: with slashes, and with accents as one sign or two, since macOS
 * writes two.
 */
function written(root: string, named: string, plain: string): string {
  const own = unescaped(named, resolve(root, plain));
  if (existsSync(own)) return own;
  const slashes = slashed(plain);
  const others = [slashes, slashes.normalize("NFC"), slashes.normalize("NFD")].map((path) =>
    resolve(root, path),
  );
  return others.find((path) => existsSync(path)) ?? (plain.includes("\\") ? others[0]! : own);
}

/**
 * A path as a row names it, without the mark of a file URL.
 *
 * @throws DataError when it is not a path
 */
export function plainPath(medium: Medium, named: string): string {
  if (named.includes("\0")) throw new DataError(`${shownMedium(medium, named)}: is no path`);
  return named.replace(FILE_URL, "");
}

/**
 * The real path of an image or a video file, or of a directory of a video's frames.
 *
 * @param root directory that it must stay in
 * @throws DataError when it leads out of the root, is missing (`isMissing`), empty, too large or no file, or its links
 *   loop
 */
export async function mediumAt(root: string, named: string, medium: Medium): Promise<FoundMedium> {
  const shown = shownMedium(medium, named);
  const plain = plainPath(medium, named);
  const path = written(root, named, plain);
  if (!isWithin(resolve(root), path))
    throw new DataError(`${shown}: leads out of the image directory ${root} (data.images names another)`);
  const target = await realWithin(root, path, shown);
  const entry = await stat(target);
  const isDirectory = entry.isDirectory();
  if (!(entry.isFile() || (isDirectory && medium === "video")))
    throw new DataError(`${shown}: expected a file, got something else`);
  if (entry.isFile() && entry.size === 0) throw new DataError(`${shown}: is empty`);
  if (entry.isFile()) await refuseLfsPointer(target, shown);
  if (medium === "image" && entry.size > MAX_IMAGE_BYTES)
    throw new DataError(`${shown}: expected at most ${MAX_IMAGE_BYTES} bytes, got ${entry.size}`);
  return { path: target, isDirectory };
}
