/**
 * @module
 * The one place that is meant, of all places at which a path may be packed.
 */
import { DataError } from "../../errors/index.ts";
import type { PackedPlace } from "./archives.ts";
import type { ZipEntry } from "./zip-index.ts";

/** A place that has a file. */
export interface PackedFile extends PackedPlace {
  readonly entry: ZipEntry;
}

function ambiguous(shown: string, one: PackedPlace, other: PackedPlace): DataError {
  const [first, second] = [one, other].map(
    ({ directory, name }) => `${JSON.stringify(name.slice(0, 300))} in ${directory.file.path}`,
  );
  return new DataError(
    `${shown}: may be ${first} or ${second}: data.images names the directory or the archive that is meant`,
  );
}

/**
 * The file at one of the places; the first of several that have the same content.
 *
 * @returns undefined when there is none
 * @throws DataError when there are several of different content
 */
export function chosenFile(places: readonly PackedPlace[], shown: string): PackedFile | undefined {
  const files = places.flatMap((place): PackedFile[] => {
    const entry = place.directory.index.find(place.name);
    return entry === undefined ? [] : [{ ...place, entry }];
  });
  const [first] = files;
  if (first === undefined) return undefined;
  const { crc32, bytes } = first.entry;
  const other = files.find(({ entry }) => entry.crc32 !== crc32 || entry.bytes !== bytes);
  if (other !== undefined) throw ambiguous(shown, first, other);
  return first;
}

/**
 * The names, without the folder's, of the files in the folder at one of the places.
 *
 * @returns undefined when there is none
 * @throws DataError when there are several
 */
export function chosenFolder(places: readonly PackedPlace[], shown: string): string[] | undefined {
  const folders = places.flatMap((place) => {
    const names = place.name === "" ? [] : place.directory.index.inFolder(place.name);
    return names.length === 0 ? [] : [{ place, names }];
  });
  const [first, second] = folders;
  if (first !== undefined && second !== undefined) throw ambiguous(shown, first.place, second.place);
  return first?.names.map((name) => name.slice(first.place.name.length + 1));
}
