/**
 * @module
 * The images and videos that rows name at paths, without reading them.
 */
import { DataError } from "../../errors/index.ts";
import { isFileInsteadOfRow } from "./followed-row.ts";
import type { ImageReference } from "./image-reference.ts";
import type { Medium } from "./media-path.ts";
import type { MediaStore } from "./media-store.ts";
import type { Media } from "./placed-questions.ts";
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
/** Bytes of images and videos in rows themselves, before any path, after which a table is taken to name none. */
const OWN_BYTES = 256 * 2 ** 20;
/** Rows that are read at once. */
const AT_ONCE = 8;

/** The images and videos of all questions of a row. */
function mediaOf({ images, videos, later }: RowProblem): Media {
  return {
    images: [...images, ...later.flatMap((question) => question.images)],
    videos: [...videos, ...later.flatMap((question) => question.videos)],
  };
}

/** The images, frames and videos that a row names, without images in the row itself or at a URL. */
function namedIn(table: Table, stated: RowProblem): NamedMedium[] {
  const { images, videos } = mediaOf(stated);
  const frames = videos.flatMap((video) => (video.kind === "frames" ? video.frames : []));
  const named = [...images, ...frames].flatMap((reference): NamedMedium[] => {
    const path = pathOf(table, reference);
    return path === undefined ? [] : [{ medium: "image", path }];
  });
  for (const video of videos) if (video.kind === "path") named.push({ medium: "video", path: video.path });
  return named;
}

/** The path of an image: its own, or what is in place of another row's index. */
function pathOf(table: Table, reference: ImageReference): string | undefined {
  if (reference.kind === "path") return reference.path;
  return reference.kind === "row" && isFileInsteadOfRow(table, reference.index) ? reference.index : undefined;
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

/** Bytes of the images and videos that are in a row itself. */
function ownBytes(stated: RowProblem): number {
  const { images, videos } = mediaOf(stated);
  const frames = videos.flatMap((video) => (video.kind === "frames" ? video.frames : []));
  const all = [...images, ...frames, ...videos];
  return all.reduce((sum, one) => sum + (one.kind === "bytes" ? one.bytes.length : 0), 0);
}

/**
 * The images and videos that the rows of a table name, in order. Broken rows name nothing. A table whose rows contain
 * 256 MiB themselves before the first path is not read on, since it would be read whole for nothing.
 */
export async function* namedMedia(
  table: Table,
  rows: TableRows,
  most = table.size,
): AsyncGenerator<NamedMedium> {
  const end = Math.min(most, table.size);
  let [isNaming, own] = [false, 0];
  for (let start = 0; start < end; start += AT_ONCE) {
    const count = Math.min(AT_ONCE, end - start);
    const some = Array.from({ length: count }, (_, i) => statedIn(table, start + i, rows));
    for (const stated of await Promise.all(some)) {
      if (stated === undefined) continue;
      const named = namedIn(table, stated);
      isNaming ||= named.length > 0;
      own += ownBytes(stated);
      if (!isNaming && own > OWN_BYTES) return;
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
