/**
 * @module
 * Which files of a repository the rows of its tables need: images and video files that they name, or archives in which these
 * may lie.
 */
import { dirname, relative, sep } from "node:path";
import { DataError } from "../../errors/index.ts";
import { unpackHint } from "../archives/archive-name.ts";
import { type FileSplit, findFiles } from "./discover.ts";
import { namedMedia } from "./named-media.ts";
import { openTables } from "./open-tables.ts";
import type { FilesOptions } from "./options.ts";
import { RepositoryFiles } from "./repository-files.ts";
import { RowReaders } from "./rows/row-readers.ts";
import type { Table } from "./table.ts";

/** Most images and video files that are downloaded one by one. */
const MAX_LOOSE = 10_000;
/** Files that no row names as an image. */
const NO_MEDIUM = /(^|\/)\.[^/]*$|\.(parquet|jsonl?|tsv|csv|md|txt|py|ya?ml)$/i;

/** The tables of all parts; one that cannot be read says so when it is asked for problems. */
async function allTables(options: FilesOptions): Promise<Table[]> {
  const tables = new Map<string, Table>();
  for (const split of ["train", "validation", "test"] satisfies FileSplit[]) {
    try {
      const found = findFiles(options, split);
      if (found === undefined) continue;
      const opened = await openTables(found, new RowReaders(options.columns), options.maxRowBytes);
      for (const table of opened) tables.set(table.path, table);
    } catch (error) {
      if (!(error instanceof DataError)) throw error;
    }
  }
  return [...tables.values()];
}

/**
 * The files that the rows of a repository's tables need beside the tables. Rows that contain their images need none.
 *
 * @param options of the data set, without parts of their own; its path is the folder that the tables are in
 * @param listed paths of all files of the repository
 * @throws DataError when they are too many, or there are only archives that cannot be read where they lie
 */
export async function neededFiles(
  options: FilesOptions,
  listed: readonly string[],
): Promise<ReadonlySet<string>> {
  const media = listed.filter((path) => !NO_MEDIUM.test(path));
  const loose = new Set<string>();
  const zips = new Set<string>();
  const others = new Set<string>();
  if (media.length === 0) return loose;
  const repository = new RepositoryFiles(media);
  const rows = { readers: new RowReaders(options.columns), answerPlaces: options.answerPlaces };
  for (const table of await allTables(options)) {
    const own = relative(options.path, dirname(table.path)).split(sep).join("/") || ".";
    const roots = own === "." ? ["."] : [own, "."];
    for await (const named of namedMedia(table, rows)) {
      const files = repository.loose(named, roots);
      for (const file of files) loose.add(file);
      if (files.length > 0) continue;
      const archives = repository.archives(named, roots);
      for (const zip of archives.zips) zips.add(zip);
      for (const other of archives.others) others.add(other);
      if (loose.size + zips.size === media.length) return asNeeded(loose, zips);
    }
  }
  const [other] = others;
  if (other !== undefined && loose.size + zips.size === 0)
    throw new DataError(
      `what its rows name lies packed in ${[...others].slice(0, 4).join(", ")}: download it, ${unpackHint(other)} and name ` +
        "the directory by data.images",
    );
  return asNeeded(loose, zips);
}

function asNeeded(loose: ReadonlySet<string>, zips: ReadonlySet<string>): ReadonlySet<string> {
  if (loose.size > MAX_LOOSE)
    throw new DataError(
      `expected at most ${MAX_LOOSE} images and video files beside the tables, got ${loose.size}: download the repository ` +
        "(hf download --repo-type dataset) and give its path",
    );
  return new Set([...loose, ...zips]);
}
