/**
 * @module
 * The images and videos that rows name at paths, without reading them.
 */
import { DataError } from "../../errors/index.ts";
import type { Medium } from "./media-path.ts";
import type { MediaStore } from "./media-store.ts";
import { type RowOptions, type RowProblem, rowProblem } from "./row-problem.ts";
import type { Table } from "./table.ts";

/** An image or a video that a row names. */
export interface NamedMedium {
  readonly medium: Medium;
  readonly path: string;
}

/** How the rows of tables of any format are read. */
export type TableRows = Omit<RowOptions, "format">;

/** Rows that are looked at for the first path. */
const FIRST_ROWS = 1000;
/** Rows that are read at once. */
const AT_ONCE = 8;

/** The images, frames and videos of a row; undefined where one is not named but in the row itself. */
function namedIn({ images, videos }: RowProblem): NamedMedium[] | undefined {
  const frames = videos.flatMap((video) => (video.kind === "frames" ? video.frames : []));
  const files = videos.filter((video) => video.kind !== "frames");
  const all = [
    ...[...images, ...frames].map((reference) => ({ medium: "image" as const, reference })),
    ...files.map((reference) => ({ medium: "video" as const, reference })),
  ];
  const named = all.flatMap(({ medium, reference }) =>
    reference.kind === "path" ? [{ medium, path: reference.path }] : [],
  );
  return named.length < all.length ? undefined : named;
}

/** The problem that a row states; undefined if it is broken, which is reported when it is drawn. */
export async function statedIn(table: Table, row: number, rows: TableRows): Promise<RowProblem | undefined> {
  try {
    return rowProblem(await table.row(row), { ...rows, format: table.format });
  } catch (error) {
    if (error instanceof DataError) return undefined;
    throw error;
  }
}

/**
 * The images and videos that the rows of a table name, in order. They end at the first row that contains an image or
 * a video itself: such a table needs no other files. Broken rows name nothing.
 */
export async function* namedMedia(
  table: Table,
  rows: TableRows,
  most = table.size,
): AsyncGenerator<NamedMedium> {
  const end = Math.min(most, table.size);
  for (let start = 0; start < end; start += AT_ONCE) {
    const count = Math.min(AT_ONCE, end - start);
    const some = Array.from({ length: count }, (_, i) => statedIn(table, start + i, rows));
    for (const stated of await Promise.all(some)) {
      if (stated === undefined) continue;
      const named = namedIn(stated);
      if (named === undefined) return;
      yield* named;
    }
  }
}

/** The first image or video that one of the first rows names at a path. */
async function firstNamed(tables: readonly Table[], rows: TableRows): Promise<NamedMedium | undefined> {
  const [table] = tables;
  if (table === undefined) return undefined;
  for await (const named of namedMedia(table, rows, FIRST_ROWS)) return named;
  return undefined;
}

/** Fingerprints of the archives that the first named image or video may be in, when it is in one. */
export async function archivesOf(
  tables: readonly Table[],
  rows: TableRows,
  store: MediaStore,
): Promise<readonly string[]> {
  const first = await firstNamed(tables, rows);
  if (first === undefined) return [];
  return store.archiveFingerprints(first.path, first.medium).catch((error: unknown) => {
    if (error instanceof DataError) return [];
    throw error;
  });
}
