/**
 * @module
 * The zip archives of a data set's directories: each is found, and its directory read, when a path is first looked for
 * in it, and kept.
 */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { DataError } from "../../errors/index.ts";
import { realWithin } from "../files/real-within.ts";
import { isArchive, isZip } from "./archive-name.ts";
import { packedNames } from "./packed-names.ts";
import { readZipDirectory, type ZipDirectory } from "./zip-directory.ts";

/** Most files in all archives of a data set; each takes about 250 bytes of memory. */
const MAX_ENTRIES = 2 ** 21;
/** Directories whose archives are remembered at one time. */
const MAX_LISTINGS = 4096;

/** A name in an archive under which a path may be packed. */
export interface PackedPlace {
  readonly directory: ZipDirectory;
  readonly name: string;
}

/** Where a path may be packed, and the archives that could not be searched. */
export interface PackedPlaces {
  readonly places: readonly PackedPlace[];
  /** Paths of the archives that were looked into. */
  readonly zips: readonly string[];
  /** Names of archives of other kinds that lie there. */
  readonly others: readonly string[];
  /** Why an archive could not be read. */
  readonly broken: readonly DataError[];
}

/** Names of the archives in a directory. */
interface Listing {
  readonly zips: readonly string[];
  readonly others: readonly string[];
}

async function list(path: string): Promise<Listing> {
  const names = (await readdir(path).catch(() => [])).filter((name) => !name.startsWith(".")).sort();
  return { zips: names.filter(isZip), others: names.filter((name) => isArchive(name) && !isZip(name)) };
}

/** Archives by their paths. */
export class Archives {
  readonly #opened = new Map<string, Promise<ZipDirectory>>();
  readonly #listings = new Map<string, Promise<Listing>>();
  #entries = 0;

  /**
   * Reads an archive's directory, unless that has been done.
   *
   * @throws DataError when it cannot be read, or there are too many files in all archives
   */
  open(path: string): Promise<ZipDirectory> {
    const known = this.#opened.get(path);
    if (known !== undefined) return known;
    const opened = readZipDirectory(path).then((directory) => {
      this.#entries += directory.index.size;
      if (this.#entries > MAX_ENTRIES)
        throw new DataError(`${path}: expected at most ${MAX_ENTRIES} files in all archives of a data set`);
      return directory;
    });
    this.#opened.set(path, opened);
    return opened;
  }

  #list(path: string): Promise<Listing> {
    const known = this.#listings.get(path);
    if (known !== undefined) return known;
    if (this.#listings.size >= MAX_LISTINGS) this.#listings.clear();
    const listing = list(path);
    this.#listings.set(path, listing);
    return listing;
  }

  /**
   * Where `path` may be in the archives of `root` and of the folders on the way to it.
   *
   * @param path from the root, with slashes
   */
  async within(root: string, path: string): Promise<PackedPlaces> {
    const found = { places: [] as PackedPlace[], zips: [] as string[], others: [] as string[] };
    const broken: DataError[] = [];
    const folders = path.split("/").slice(0, -1);
    for (let depth = 0; depth <= folders.length; depth++) {
      const folder = join(root, ...folders.slice(0, depth));
      const { zips, others } = await this.#list(folder);
      found.others.push(...others);
      for (const name of zips) {
        const zip = join(folder, name);
        const rest = path.split("/").slice(depth).join("/");
        try {
          await realWithin(root, zip, zip);
          found.places.push(...(await this.inside(zip, rest)));
          found.zips.push(zip);
        } catch (error) {
          if (!(error instanceof DataError)) throw error;
          broken.push(error);
        }
      }
    }
    return { ...found, broken };
  }

  /**
   * Where `path` may be in one archive.
   *
   * @param path from the archive's directory, with slashes
   * @throws DataError when the archive cannot be read
   */
  async inside(archive: string, path: string): Promise<PackedPlace[]> {
    const directory = await this.open(archive);
    return packedNames(path, archive, directory.top).map((name) => ({ directory, name }));
  }
}
