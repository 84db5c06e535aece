/**
 * @module
 * Under which names a path may be in an archive.
 */
import { basename } from "node:path";
import { isZip } from "./archive-name.ts";

/** The name of an archive without its ending: the folder that it is often unpacked to. */
function stemOf(archive: string): string {
  const name = basename(archive);
  return isZip(name) ? name.slice(0, -".zip".length) : name;
}

/**
 * The names under which a file may be in an archive, such that `path` leads to it once the archive is unpacked. It
 * may be unpacked in the archive's own directory, or in a folder of the archive's name there. If all files of the
 * archive are in one folder, this folder may also be left out. Accents are one sign each, as in `ZipDirectory`.
 *
 * @param path from the archive's directory, with slashes
 * @param top the one folder that all files of the archive are in, if there is one
 */
export function packedNames(path: string, archive: string, top: string | undefined): string[] {
  const folder = `${stemOf(archive)}/`;
  const names = [path];
  if (path.startsWith(folder)) names.push(path.slice(folder.length));
  if (top !== undefined) names.push(`${top}/${path}`);
  return names.map((name) => name.normalize("NFC"));
}
