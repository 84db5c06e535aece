/**
 * @module
 * From a data set's options to where its images and videos are looked for.
 */
import { stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { DataError } from "../../errors/index.ts";
import { isArchive, isZip, unpackHint } from "../archives/archive-name.ts";
import type { FileSplit } from "./discover.ts";
import { MediaStore } from "./media-store.ts";
import type { FilesOptions } from "./options.ts";

/**
 * Where paths lead to, unless the user says it: from the files' own directory, else from the one that was given, where
 * the files are in its folder data/.
 */
function directoriesOf(options: FilesOptions, split: FileSplit, path: string): string[] {
  const given = (split === "train" ? undefined : options[split]) ?? options.path;
  const own = dirname(path);
  return resolve(own, "..") === resolve(given) ? [own, given] : [own];
}

/**
 * Where a data set's images and videos are looked for: in `data.images`, a directory or a zip archive, or where the
 * files of rows lie.
 *
 * @param path of a file of rows
 * @throws DataError when `data.images` is an archive that cannot be read in place, or another file
 */
export async function openMediaStore(
  options: FilesOptions,
  split: FileSplit,
  path: string,
): Promise<MediaStore> {
  const { images } = options;
  if (images === undefined) return new MediaStore({ directories: directoriesOf(options, split, path) });
  const isFile = await stat(images).then(
    (found) => found.isFile(),
    () => false,
  );
  if (!isFile) return new MediaStore({ directories: [images] });
  if (isZip(images)) return new MediaStore({ archive: images });
  const hint = isArchive(images) ? `: ${unpackHint(images)} and name the directory` : "";
  throw new DataError(`data.images: expected a directory or a .zip archive, got ${images}${hint}`);
}
