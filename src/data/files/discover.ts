/**
 * @module
 * From a path to the files of a data set and their format.
 */
import { type Dirent, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { DataError } from "../../errors/index.ts";
import { isArchive, unpackHint } from "../archives/archive-name.ts";
import type { FilesOptions } from "./options.ts";
import { requireSingleShards } from "./shards.ts";
import { FILE_FORMATS, type FileFormat } from "./table.ts";

/** The parts of a data set. */
export type FileSplit = "train" | "validation" | "test";

const SPLIT_WORDS: Readonly<Record<string, FileSplit>> = {
  train: "train",
  training: "train",
  validation: "validation",
  valid: "validation",
  val: "validation",
  dev: "validation",
  test: "test",
  testing: "test",
  eval: "test",
};

/** The files of one split, all of one format. */
export interface FoundFiles {
  readonly format: FileFormat;
  readonly paths: readonly string[];
}

function formatOf(name: string): FileFormat | undefined {
  const lower = name.toLowerCase();
  const format = FILE_FORMATS.find((ending) => lower.endsWith(`.${ending}`));
  return format ?? (/\.(?:ndjson|jsonlines)$/.test(lower) ? "jsonl" : undefined);
}

/** The split that a file's name speaks of, as in train-00000-of-00004.parquet. */
function splitOf(name: string): FileSplit | undefined {
  for (const word of name.toLowerCase().split(/[^a-z]+/)) {
    const split = Object.hasOwn(SPLIT_WORDS, word) ? SPLIT_WORDS[word] : undefined;
    if (split !== undefined) return split;
  }
  return undefined;
}

function entries(path: string): Dirent[] {
  try {
    return readdirSync(path, { withFileTypes: true });
  } catch (cause) {
    throw new DataError(`${path}: cannot be read: ${(cause as Error).message}`, { cause });
  }
}

/** Refuses a directory with compressed tables, whose rows would be missing; one beside its unpacked file is fine. */
function requireUnpacked(path: string, all: readonly Dirent[], wanted: FilesOptions["format"]): void {
  const names = new Set(all.map(({ name }) => name));
  for (const name of names) {
    const unpacked = name.replace(/\.(?:gz|zst|xz|bz2)$/, "");
    const format = unpacked === name || names.has(unpacked) ? undefined : formatOf(unpacked);
    if (format === undefined || format === "json" || (wanted !== "auto" && wanted !== format)) continue;
    throw new DataError(`${join(path, name)}: is compressed; ${unpackHint(name)}, or remove it`);
  }
}

/** Refuses a folder that the datasets library saved for itself, in Arrow: its JSON files hold no rows. */
function requireNotSavedToDisk(path: string, all: readonly Dirent[]): void {
  const names = new Set(all.map(({ name }) => name));
  const isSaved =
    names.has("dataset_dict.json") || (names.has("state.json") && names.has("dataset_info.json"));
  if (!isSaved) return;
  throw new DataError(
    `${path}: is a folder of save_to_disk of the datasets library, expected files such as parquet: ` +
      `datasets.load_from_disk("${path}").to_parquet("train.parquet") writes one of each split`,
  );
}

/** Data files in a directory, by name; else those in its folder data/. */
function filesIn(
  path: string,
  wanted: FilesOptions["format"],
): { name: string; path: string; format: FileFormat }[] {
  const all = entries(path);
  requireNotSavedToDisk(path, all);
  requireUnpacked(path, all, wanted);
  const found = all
    .filter((entry) => !entry.isDirectory() && !/^[._]|^dataset_infos?\.json$/.test(entry.name))
    .flatMap(({ name }) => {
      const format = formatOf(name);
      const fits = format !== undefined && (wanted === "auto" || wanted === format);
      return fits ? [{ name, path: join(path, name), format }] : [];
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  // A JSON file beside tables describes them.
  const tables = found.filter(({ format }) => format !== "json");
  if (tables.length > 0) return tables;
  const data = join(path, "data");
  // It may be a link to a directory.
  const hasData = statSync(data, { throwIfNoEntry: false })?.isDirectory() === true;
  const below = hasData ? filesIn(data, wanted) : [];
  return below.length > 0 ? below : found;
}

/** The format of the files of a directory, which must be one. */
function commonFormat(path: string, formats: readonly FileFormat[]): FileFormat {
  const distinct = [...new Set(formats)];
  const [format] = distinct;
  if (format === undefined)
    throw new DataError(
      `${path}: expected files that end in ${FILE_FORMATS.map((f) => `.${f}`).join(", ")}, got none`,
    );
  if (distinct.length > 1)
    throw new DataError(
      `${path}: has files of the formats ${distinct.join(" and ")}; data.format chooses one`,
    );
  return format;
}

function fileFormat(path: string, wanted: FilesOptions["format"]): FileFormat {
  const format = wanted === "auto" ? formatOf(path) : wanted;
  if (format === undefined && isArchive(path))
    throw new DataError(`${path}: is an archive; ${unpackHint(path)} and give what is in it`);
  if (format === undefined) {
    throw new DataError(
      `${path}: expected a name that ends in ${FILE_FORMATS.map((f) => `.${f}`).join(", ")}; data.format says what else it is`,
    );
  }
  return format;
}

/**
 * The files of a split. In a directory with names of splits, the files that name this split; in any other directory
 * all files, for training.
 *
 * @returns undefined when the data set has no such part
 * @throws DataError when the path cannot be read, or its files have no format or several, or are parts of a table twice
 */
export function findFiles(options: FilesOptions, split: FileSplit): FoundFiles | undefined {
  const own = split === "train" ? options.path : options[split];
  const path = own ?? options.path;
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) throw new DataError(`${path}: no such file or directory, and no built-in task`);
  if (!stats.isDirectory()) {
    return own === undefined ? undefined : { format: fileFormat(path, options.format), paths: [path] };
  }
  const found = filesIn(path, options.format);
  const format = commonFormat(
    path,
    found.map((file) => file.format),
  );
  const named = found.filter(({ name }) => splitOf(name) === split);
  const hasSplits = found.some(({ name }) => splitOf(name) !== undefined);
  // A folder named for a split is whole if its files name no split, or all of them one other split.
  const splits = new Set(found.map(({ name }) => splitOf(name)));
  const isWhole = own !== undefined && (!hasSplits || (split !== "train" && splits.size === 1));
  const files = named.length === 0 && isWhole ? found : named;
  const paths = files.map((file) => file.path);
  requireSingleShards(paths);
  return paths.length === 0 ? undefined : { format, paths };
}

/**
 * As `findFiles`, for a part that is needed.
 *
 * @throws DataError when the data set has no such part
 */
export function discoverFiles(options: FilesOptions, split: FileSplit): FoundFiles {
  const found = findFiles(options, split);
  if (found !== undefined) return found;
  const hint = split === "train" ? "" : `; data.${split} names a file or a directory for it`;
  throw new DataError(`${options.path}: has no ${split} part${hint}`);
}
