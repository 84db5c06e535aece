/**
 * @module
 * Finds the images and videos that rows name: as files in the image directories, or packed in zip archives
 * there. Unpacked files come first.
 */
import { readdir } from "node:fs/promises";
import { posix, relative, resolve, sep } from "node:path";
import { DataError } from "../../errors/index.ts";
import { Archives, type PackedPlace } from "../archives/archives.ts";
import { chosenFile, chosenFolder, type PackedFile } from "../archives/chosen-place.ts";
import { missingHints } from "../archives/missing-hints.ts";
import { readZipEntry } from "../archives/zip-entry.ts";
import { MAX_IMAGE_BYTES, type Medium, mediumAt, plainPath, shownMedium, slashed } from "./media-path.ts";
import { isMissing, isWithin } from "./real-within.ts";

/** Largest video file that is read out of an archive, bytes: it is held in memory for a while. */
const MAX_VIDEO_BYTES = 2 ** 30;

/** Where a row's image or video is. */
export type FoundMedia =
  | { readonly kind: "file"; readonly path: string }
  /** The names of all files in a folder of frames. */
  | { readonly kind: "folder"; readonly names: readonly string[] }
  | { readonly kind: "bytes"; readonly bytes: Uint8Array; readonly where: string };

/** Directories that rows' paths are relative to, the first that has a path; or one zip archive. */
export type MediaRoots = { readonly directories: readonly string[] } | { readonly archive: string };

/** The file that is found, before it is read. */
type Located =
  | Exclude<FoundMedia, { readonly kind: "bytes" }>
  | { readonly kind: "packed"; readonly file: PackedFile; readonly zips: readonly string[] };

/** A path from a root, with slashes; undefined when it leads out of it. */
function pathFrom(root: string, plain: string): string | undefined {
  const path = resolve(root, plain);
  return isWithin(resolve(root), path) ? relative(resolve(root), path).split(sep).join("/") : undefined;
}

/** Where images and videos are looked for. */
export class MediaStore {
  readonly #roots: MediaRoots;
  readonly #archives = new Archives();

  constructor(roots: MediaRoots) {
    this.#roots = roots;
  }

  /**
   * Finds an image, and reads it where it is packed.
   *
   * @throws DataError when it leads out of the image directories, is missing, empty, too large, no file, or in
   *   several archives. Also when its links loop, or its archive cannot be read.
   */
  image(named: string): Promise<FoundMedia> {
    return this.#find(named, "image", MAX_IMAGE_BYTES);
  }

  /**
   * Finds a video file or a folder of frames, and reads a video file where it is packed.
   *
   * @throws DataError as `image`
   */
  video(named: string): Promise<FoundMedia> {
    return this.#find(named, "video", MAX_VIDEO_BYTES);
  }

  /**
   * Fingerprints of the archives in which an image or video may be packed, when it is in one; else none.
   *
   * @throws DataError as `image`
   */
  async archiveFingerprints(named: string, medium: Medium): Promise<string[]> {
    const located = await this.#locate(named, medium);
    if (located.kind !== "packed") return [];
    const directories = await Promise.all(located.zips.map((path) => this.#archives.open(path)));
    return directories.map(({ fingerprint }) => fingerprint).sort();
  }

  async #find(named: string, medium: Medium, maxBytes: number): Promise<FoundMedia> {
    const located = await this.#locate(named, medium);
    if (located.kind !== "packed") return located;
    const { directory, entry } = located.file;
    const where = `${shownMedium(medium, named)} in ${directory.file.path}`;
    return { kind: "bytes", bytes: await readZipEntry(directory.file, entry, maxBytes, where), where };
  }

  async #locate(named: string, medium: Medium): Promise<Located> {
    const roots = this.#roots;
    if ("archive" in roots) return this.#inArchive(roots.archive, named, medium);
    const errors: DataError[] = [];
    const hints: string[] = [];
    for (const root of roots.directories) {
      try {
        const { path, isDirectory } = await mediumAt(root, named, medium);
        return isDirectory ? { kind: "folder", names: await readdir(path) } : { kind: "file", path };
      } catch (error) {
        if (!(error instanceof DataError)) throw error;
        errors.push(error);
        if (!isMissing(error)) continue;
      }
      const packed = await this.#archives.within(
        root,
        pathFrom(root, slashed(plainPath(medium, named))) ?? "",
      );
      const located = this.#chosen(packed.places, packed.zips, named, medium);
      if (located !== undefined) return located;
      hints.push(...missingHints(packed));
    }
    const error = errors.find(isMissing) ?? errors[0];
    if (error === undefined || !isMissing(error))
      throw error ?? new DataError(`${shownMedium(medium, named)}: no such file`);
    const place = ` in the image directory ${roots.directories.join(" or ")} (data.images names another)`;
    throw new DataError(`${error.message}${place}${hints.join("")}`, { cause: error.cause });
  }

  async #inArchive(archive: string, named: string, medium: Medium): Promise<Located> {
    const path = posix.normalize(slashed(plainPath(medium, named)));
    if (/^(\/|\.\.(\/|$))/.test(path))
      throw new DataError(`${shownMedium(medium, named)}: leads out of the archive ${archive}`);
    const places = await this.#archives.inside(archive, path);
    const located = this.#chosen(places, [archive], named, medium);
    if (located !== undefined) return located;
    throw new DataError(
      `${shownMedium(medium, named)}: no such file in ${archive} (data.images names another)`,
    );
  }

  #chosen(
    places: readonly PackedPlace[],
    zips: readonly string[],
    named: string,
    medium: Medium,
  ): Located | undefined {
    const shown = shownMedium(medium, named);
    const file = chosenFile(places, shown);
    if (file !== undefined) return { kind: "packed", file, zips };
    const names = medium === "video" ? chosenFolder(places, shown) : undefined;
    return names && { kind: "folder", names };
  }
}
