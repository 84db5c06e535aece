/**
 * @module
 * The content of an image cell: bytes, text that encodes bytes, a path, a URL, or another row's index.
 */
import { DataError } from "../../errors/index.ts";
import { imageFormat } from "../../model/index.ts";
import { MAX_INDEX_BYTES } from "./delimited-scanner.ts";
import { holdsSomething, isStruct } from "./rows/cells.ts";
import { literalIn } from "./rows/literal.ts";

/** Where an image comes from. */
export type ImageReference =
  | { readonly kind: "bytes"; readonly bytes: Uint8Array }
  | { readonly kind: "path"; readonly path: string }
  /** Of http or https. */
  | { readonly kind: "url"; readonly url: string }
  | { readonly kind: "row"; readonly index: string };

/** Deepest nesting of lists and structs in a cell. */
const MAX_DEPTH = 4;
/** Shortest text without a mark that is looked at as base64; no image is shorter. */
const MIN_BASE64 = 48;
const BASE64 = /^[A-Za-z0-9+/_-]*={0,2}$/;
/** A data URI of any type: the bytes say what they are. */
const DATA_URI = /^data:(?:[a-z0-9.+-]+\/[a-z0-9.+*-]+)?(?:;[^,;]*)*?(;base64)?,/i;
/** Python's text of bytes: `b'…'`. */
const PYTHON_BYTES = /^b(['"])(.*)\1$/s;
/** Longest text of base64's letters alone that may be a path. */
const MAX_PATH = 255;
/** A file's name, which a text in a table may be in place of an index or base64. */
export const FILE_NAME = /\.[a-z]{3,4}$/i;
const URL_START = /^[a-z][a-z0-9+.-]{1,20}:\/\//i;

function base64Bytes(text: string): Uint8Array {
  const compact = text.replaceAll(/\s/g, "");
  if (!BASE64.test(compact))
    throw new DataError(`image: expected base64, got ${JSON.stringify(text.slice(0, 80))}`);
  return new Uint8Array(Buffer.from(compact, "base64"));
}

/** The bytes of a text in which other bytes than letters are `%` and two digits. */
function percentBytes(text: string): Uint8Array {
  const pieces = text.split(/(%[0-9a-f]{2})/i);
  return new Uint8Array(
    Buffer.concat(
      pieces.map((piece, i) => (i % 2 === 1 ? Buffer.from(piece.slice(1), "hex") : Buffer.from(piece))),
    ),
  );
}

/** The bytes of a data URI; undefined where the text is not a data URI. */
function dataUriBytes(text: string): Uint8Array | undefined {
  const [start, base64] = DATA_URI.exec(text.slice(0, 200)) ?? [];
  if (start === undefined) return undefined;
  const content = text.slice(start.length);
  return base64 === undefined ? percentBytes(content) : base64Bytes(content);
}

/**
 * Whether a text without a mark is an image in base64: of its letters alone, and an image by its first bytes or too long
 * for a path.
 */
function isBase64Image(text: string): boolean {
  if (text.length > MAX_PATH && BASE64.test(text)) return true;
  if (text.length < MIN_BASE64 || !BASE64.test(text.slice(0, MIN_BASE64))) return false;
  return imageFormat(new Uint8Array(Buffer.from(text.slice(0, MIN_BASE64), "base64"))) !== undefined;
}

function fromText(text: string, isEncoded: boolean): ImageReference {
  const bytes = dataUriBytes(text);
  if (bytes !== undefined) return { kind: "bytes", bytes };
  const [, , within] = PYTHON_BYTES.exec(text) ?? [];
  if (within !== undefined && (isEncoded || isBase64Image(within))) return fromText(within, isEncoded);
  if (/^https?:\/\//i.test(text)) return { kind: "url", url: text };
  if (URL_START.test(text) && !text.startsWith("file://"))
    throw new DataError(
      `image ${JSON.stringify(text.slice(0, 300))}: is a URL that cannot be read: download it`,
    );
  if (isEncoded && text.length <= MAX_INDEX_BYTES) return { kind: "row", index: text };
  // Base64 has no full stop.
  if (isEncoded && FILE_NAME.test(text)) return { kind: "path", path: text };
  if (isEncoded || isBase64Image(text)) return { kind: "bytes", bytes: base64Bytes(text) };
  return { kind: "path", path: text };
}

/** Bytes as a list of numbers, as JSON has them; undefined where a value is no such list. */
function listedBytes(value: unknown): Uint8Array | undefined {
  if (!Array.isArray(value) || value.length === 0) return undefined;
  const isByte = (entry: unknown) => Number.isInteger(entry) && Number(entry) >= 0 && Number(entry) <= 255;
  return value.every(isByte) ? Uint8Array.from(value as number[]) : undefined;
}

/** Keys of a struct that hold an image, the likeliest first. */
const KEYS = [
  "bytes",
  "image",
  "base64",
  "data",
  "image_url",
  "url",
  "path",
  "file_name",
  "image_path",
  "source",
];

function fromStruct(
  struct: Readonly<Record<string, unknown>>,
  isEncoded: boolean,
  depth: number,
): ImageReference[] {
  const key = KEYS.find((name) => holdsSomething(struct[name]));
  if (key === undefined) {
    // The datasets library writes a missing image as a struct of nulls.
    if (KEYS.some((name) => name in struct)) return [];
    throw new DataError("image: expected bytes or a path, got neither");
  }
  const value = struct[key];
  const isBytes = key === "bytes" || key === "base64" || key === "data";
  const bytes = isBytes ? listedBytes(value) : undefined;
  if (bytes !== undefined) return [{ kind: "bytes", bytes }];
  if (isBytes && typeof value === "string")
    return [{ kind: "bytes", bytes: dataUriBytes(value) ?? base64Bytes(value) }];
  return references(value, isEncoded && key === "image", depth + 1);
}

function references(value: unknown, isEncoded: boolean, depth: number): ImageReference[] {
  if (depth > MAX_DEPTH) throw new DataError("image: expected an image, got lists or structs in each other");
  if (!holdsSomething(value)) return [];
  if (typeof value === "string") {
    const list = literalIn(value);
    return list === undefined || typeof list === "string"
      ? [fromText(value.trim(), isEncoded)]
      : references(list, isEncoded, depth + 1);
  }
  if (value instanceof Uint8Array) return [{ kind: "bytes", bytes: value }];
  if (Array.isArray(value)) {
    if (value.some(Array.isArray))
      throw new DataError("image: expected a list of images, got a list of lists");
    return value.flatMap((item) => references(item, isEncoded, depth + 1));
  }
  if (isStruct(value)) return fromStruct(value, isEncoded, depth);
  throw new DataError(`image: expected bytes, text or a list, got a ${typeof value}`);
}

/**
 * The images that a cell names, in order.
 *
 * @param isEncoded true where a text is base64, another row's index or a file's name, as in VLMEvalKit's `image` column.
 *   False where it is a path, a URL, a data URI or an image in base64
 * @throws DataError when the cell is nothing of the kind
 */
export function imageReferences(value: unknown, isEncoded: boolean): ImageReference[] {
  return references(value, isEncoded, 0);
}
