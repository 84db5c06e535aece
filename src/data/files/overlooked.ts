/**
 * @module
 * Media of a row that no part of its problem would show: images in columns that are not read, sound, and regions that
 * the text refers to. Such a row is rejected, since its question cannot be answered as it is read.
 */
import { isDeepStrictEqual } from "node:util";
import { DataError } from "../../errors/index.ts";
import { imageFormat } from "../../model/index.ts";
import type { ImageReference } from "./image-reference.ts";
import { type Cells, holdsSomething, isStruct, isWrittenMissing } from "./rows/cells.ts";
import { isConversation } from "./rows/conversation.ts";
import { unquoted } from "./rows/literal.ts";
import { imagesIn } from "./rows/reader.ts";
import type { Row } from "./table.ts";

/** Deepest nesting in which images are looked for: messages, their content, its parts, an image's struct. */
const MAX_DEPTH = 6;
const IMAGE_NAME = /^[^\n<>]{1,1000}\.(?:png|jpe?g|webp|gif|bmp|tiff?|avif)$/i;
const IMAGE_URI = /^data:image\//i;
/** Keys of structs in which the datasets library and content parts hold an image. */
const KEYS = ["bytes", "path", "image", "images", "url", "image_url"];

/** Whether a cell holds an image beyond doubt: its bytes, its data URI, or a file name with an image's ending. */
function holdsImage(value: unknown, depth = 0): boolean {
  if (value instanceof Uint8Array) return imageFormat(value) !== undefined;
  if (typeof value === "string") {
    const text = value.slice(0, 1001).trim();
    return IMAGE_URI.test(text) || (IMAGE_NAME.test(text) && !/\s\S*\s/.test(text));
  }
  if (depth >= MAX_DEPTH) return false;
  if (Array.isArray(value)) return value.some((item) => holdsImage(item, depth + 1));
  if (!isStruct(value)) return false;
  const { content } = value as { readonly content?: unknown };
  return (
    KEYS.some((key) => holdsImage(value[key], depth + 1)) ||
    (Array.isArray(content) && holdsImage(content, depth + 1))
  );
}

/**
 * Rejects a row without media that has an image in a column that is not read.
 *
 * @param used columns, or paths into them, that parts of the problem were made of
 * @throws DataError naming the column
 */
export function refuseOverlookedImage(row: Row, used: Iterable<string>): void {
  const read = new Set([...used].map((path) => (Object.hasOwn(row, path) ? path : path.split(".")[0])));
  const column = Object.keys(row).find((name) => !read.has(name) && holdsImage(row[name]));
  if (column === undefined) return;
  const part = isConversation(unquoted(row[column])) ? "question" : "image";
  throw new DataError(
    `image: expected it in a column for images, got one in ${JSON.stringify(column)}: ` +
      `data.columns.${part}: ${column} reads it, and data.columns.image: "" says that there are none`,
  );
}

const NUMBERED_COLUMN = /^image_?\d{1,3}$/;
/** Columns of which the second is read, and the first may repeat an image of it. */
const SINGLE = "image";
const SEVERAL = "images";

/** Whether all are other images of a form that the images which are read have too, so that they can be compared. */
function areOthers(images: readonly ImageReference[], read: readonly ImageReference[]): boolean {
  return images.some(
    (image) =>
      read.every(({ kind }) => kind === image.kind) && !read.some((other) => isDeepStrictEqual(other, image)),
  );
}

/**
 * Rejects a row that has an image in a numbered column, such as `image_1`, or in `image` beside `images`, that no column that is
 * read has. Of `image` only one in the same form as the others counts, since a path may be that of bytes.
 *
 * @param read the images that are read, and the columns that they are in
 * @throws DataError naming the column
 */
export function refuseUnreadImage(
  cells: Cells,
  { value, columns }: { readonly value: readonly ImageReference[]; readonly columns: readonly string[] },
): void {
  for (const name of Object.keys(cells.row)) {
    const cell = cells.row[name];
    const isSingle = name === SINGLE && columns.includes(SEVERAL);
    if (!(isSingle || NUMBERED_COLUMN.test(name)) || columns.includes(name) || isWrittenMissing(cell))
      continue;
    if (["number", "bigint", "boolean"].includes(typeof cell)) continue;
    const images = imagesIn(cell, name, cells) ?? [];
    const isRead = (image: ImageReference) => value.some((other) => isDeepStrictEqual(other, image));
    if (isSingle ? !areOthers(images, value) : images.every(isRead)) continue;
    const all = columns.join(", ");
    throw new DataError(
      `image: expected all images in ${all}, got another in ${name}: give them in one list, or name the one column to ` +
        "read (data.columns.image)",
    );
  }
}

/** Marks that ms-swift replaces by what is in another column. */
const FILLED: readonly (readonly [mark: RegExp, columns: readonly string[], what: string])[] = [
  [/<audio>/, ["audios", "audio"], "sound"],
  [/<ref-object>|<bbox>/, ["objects"], "regions"],
];

/**
 * Rejects a row whose question or answers have marks that another column fills.
 *
 * @throws DataError naming mark and column
 */
export function refuseFilledMarks(row: Row, texts: readonly string[]): void {
  for (const [mark, columns, what] of FILLED) {
    const column = columns.find((name) => holdsSomething(row[name]));
    const found = texts.map((text) => mark.exec(text)?.[0]).find((one) => one !== undefined);
    if (column !== undefined && found !== undefined)
      throw new DataError(
        `question: expected text and images, got ${found} for ${what} in ${column}: not supported`,
      );
  }
}
