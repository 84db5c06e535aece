/**
 * @module
 * A benchmark's files in the forms in which they are published: VLMEvalKit's tables with images in base64, the parquet files
 * that lmms-eval reads, the authors' own.
 */
import { readdirSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import {
  type FileFormat,
  type FileRows,
  imageReferences,
  openFileRows,
  type Problem,
  type ProblemSource,
  plainRow,
  type Row,
  requireWholeShards,
  videoReferences,
} from "../data/index.ts";
import { DataError } from "../errors/index.ts";

/** A form in which a benchmark is published. */
export interface PublishedForm<Name extends string = string> {
  readonly name: Name;
  readonly format: FileFormat;
  /** Matches the names of its files, without their folder. */
  readonly file: RegExp;
  /** A folder in which the files are published, searched beside the usual folders. */
  readonly folder?: string;
  /** The name as it is published, for messages. */
  readonly published: string;
  /** Columns without which it is no such file. */
  readonly columns: readonly string[];
}

/** The rows of a benchmark and the form that they are in. */
export interface PublishedRows<Name extends string = string> {
  readonly form: Name;
  readonly rows: FileRows;
  readonly fingerprint: string;
}

/** A benchmark's problem from a row. */
export interface ProblemOfRow extends Omit<Problem, "images" | "videos" | "columns"> {
  /** The cell with the images; the row's usual columns unless given, and null for a problem that has none. */
  readonly images?: unknown;
  /** The cell with the videos; none unless given. */
  readonly videos?: unknown;
  /** Columns beside the row's own. */
  readonly columns?: Readonly<Record<string, unknown>>;
}

/** Folders in which files are looked for, from the one that is given. */
const FOLDERS = ["", "data"];

/** Files of a directory; none where there is no such directory. */
function filesIn(directory: string): string[] {
  const found = statSync(directory, { throwIfNoEntry: false });
  if (found?.isDirectory() !== true) return [];
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map(({ name }) => join(directory, name))
    .sort();
}

/** The files of the first form that has any. */
function find<Name extends string>(
  benchmark: string,
  data: string | undefined,
  forms: readonly PublishedForm<Name>[],
): { readonly form: PublishedForm<Name>; readonly paths: readonly string[] } {
  const expected = forms.map(({ published }) => published).join(" or ");
  if (data === undefined) {
    throw new DataError(
      `benchmark ${benchmark}: expected the place of ${expected} (--data, or its option data)`,
    );
  }
  const found = statSync(data, { throwIfNoEntry: false });
  if (found === undefined) throw new DataError(`benchmark ${benchmark}: ${data}: no such file or directory`);
  const folders = [data, join(data, benchmark)].flatMap((folder) => FOLDERS.map((sub) => join(folder, sub)));
  const looked = new Set<string>();
  for (const folder of found.isDirectory() ? folders : [undefined]) {
    for (const form of forms) {
      const own = folder !== undefined && form.folder !== undefined ? [join(folder, form.folder)] : [];
      const files = folder === undefined ? [data] : [folder, ...own].flatMap(filesIn);
      const paths = files.filter((path) => form.file.test(basename(path)));
      if (paths.length > 0) return { form, paths };
      for (const path of files) looked.add(path);
    }
  }
  const got = [...looked].map((path) => basename(path));
  const shown = got.length === 0 ? "none" : got.slice(0, 8).join(", ");
  throw new DataError(`benchmark ${benchmark}: ${data}: expected ${expected}, got ${shown}`);
}

/** A share of the rows would have another score, and rows that are read twice would count twice. */
function requireWhole(benchmark: string, paths: readonly string[]): void {
  try {
    requireWholeShards(paths);
  } catch (error) {
    throw new DataError(`benchmark ${benchmark}: ${(error as Error).message}`, { cause: error });
  }
}

/**
 * Opens the files of a benchmark, in the first of its forms that has files there.
 *
 * @param data directory, or one file; looked into with its folders `data` and that of the benchmark's name
 * @param images directory or zip archive of images that rows name; the files' own directory unless given
 * @throws DataError when there are no such files, they are not all parts of a table, or they lack a column
 */
export async function openPublished<Name extends string>(
  benchmark: string,
  data: string | undefined,
  forms: readonly PublishedForm<Name>[],
  images?: string,
): Promise<PublishedRows<Name>> {
  const { form, paths } = find(benchmark, data, forms);
  requireWhole(benchmark, paths);
  const [path = ""] = paths;
  // Files in a folder of a repository name images and videos by their places in the repository.
  const repository = basename(dirname(path)) === form.folder ? dirname(dirname(path)) : undefined;
  const root = images ?? repository;
  const { rows, fingerprint } = await openFileRows(
    { format: form.format, paths },
    root === undefined ? {} : { images: root },
  );
  if (rows.size === 0) throw new DataError(`benchmark ${benchmark}: ${path}: expected rows, got none`);
  // Files whose rows each have their own columns declare none: the first row speaks for all.
  const present = rows.columns.length > 0 ? rows.columns : Object.keys(await rows.row(0));
  const missing = form.columns.filter((column) => !present.includes(column));
  if (missing.length > 0) {
    throw new DataError(
      `benchmark ${benchmark}: ${path}: is no ${form.published} as published: lacks the columns ${missing.join(", ")}; ` +
        `it has ${present.join(", ") || "none"}`,
    );
  }
  return { form: form.name, rows, fingerprint };
}

/** Refuses a group of the benchmark's own in the place of a published column, which exports would lose. */
function requireOwnNames(columns: Readonly<Record<string, unknown>>, row: Row): void {
  for (const [column, own] of Object.entries(columns)) {
    const published = row[column];
    const isGroup = typeof own === "object" && own !== null && !Array.isArray(own);
    if (!isGroup || published === undefined || typeof published === "object") continue;
    throw new DataError(
      `column ${column}: expected the published cell, got a group of the benchmark's own; give its column another name`,
    );
  }
}

/**
 * The problems of published rows.
 *
 * @param problemOf what is asked of a row, its images and videos still as cells; throws a DataError where the row is broken
 * @param chosen the rows that count, in order; all unless given
 */
export function publishedSource<Name extends string>(
  { form, rows, fingerprint }: PublishedRows<Name>,
  problemOf: (row: Row, place: { readonly form: Name; readonly index: number }) => ProblemOfRow,
  chosen?: readonly number[],
): ProblemSource {
  const places = new Map<string, number>();
  /** Two rows of one id would be one problem to code that keeps answers by id. */
  const requireOwn = (id: string, index: number) => {
    const known = places.get(id) ?? index;
    places.set(id, known);
    if (known === index) return;
    // Rows that are read at the same time end in any order; the later one in the file is the one named.
    const [first, second] = known < index ? [known, index] : [index, known];
    throw new DataError(`${rows.place(second)}: has the id ${id} of ${rows.place(first)}`);
  };
  return {
    fingerprint: `${fingerprint} form=${form}${chosen === undefined ? "" : ` rows=${chosen.length}`}`,
    size: chosen?.length ?? rows.size,
    async problem(number) {
      const index = chosen === undefined ? number : (chosen[number] ?? -1);
      const row = await rows.row(index);
      const made = await rows.placed(index, ({ format }) => {
        const { images: cell, videos, ...problem } = problemOf(row, { form, index });
        requireOwnNames(problem.columns ?? {}, row);
        const isEncoded = format === "tsv";
        return {
          problem,
          isWithoutImages: cell === null,
          images: cell === undefined ? undefined : imageReferences(cell, isEncoded),
          videos: videos === undefined ? [] : videoReferences(videos),
        };
      });
      const images = made.images ?? (await rows.imagesOf(index, row));
      if (images.length + made.videos.length === 0 && !made.isWithoutImages)
        throw new DataError(`${rows.place(index)}: image: is missing`);
      const media = await rows.media(index, { images, videos: made.videos });
      const { columns, ...problem } = made.problem;
      requireOwn(problem.id, index);
      return { ...problem, ...media, columns: { ...plainRow(row), ...columns } };
    },
  };
}
