/**
 * @module
 * Metadata of image files: Exif data and XMP packets, found where Pillow finds them.
 */
import { inflateSync } from "node:zlib";

/** Notes of an image file. */
export interface ImageNotes {
  /** A TIFF structure, with or without `Exif\0\0` before it. */
  readonly exif?: Uint8Array | undefined;
  /** An XMP packet, byte by byte as text. */
  readonly xmp?: string | undefined;
}

/** Mark that may precede Exif data. */
export const EXIF_MARK = "Exif\0\0";
/** Longest compressed text that is unpacked, bytes; Pillow's limit. */
const MAX_TEXT_BYTES = 2 ** 20;

const latin1 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");

function startsWith(bytes: Uint8Array, text: string): boolean {
  return latin1(bytes.subarray(0, text.length)) === text;
}

/** Chunks of a PNG with their data; of an animation only the chunks of its first frame. */
function* pngChunks(file: Uint8Array): Generator<{ type: string; data: Uint8Array }> {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  let hasPixels = false;
  let isAnimated = false;
  for (let at = 8; at + 8 <= file.length; ) {
    const length = view.getUint32(at);
    const type = latin1(file.subarray(at + 4, at + 8));
    const data = file.subarray(at + 8, at + 8 + length);
    if (type === "IEND" || data.length < length) return;
    if (type === "acTL" && length >= 8)
      isAnimated = new DataView(data.buffer, data.byteOffset, 4).getUint32(0) > 1;
    if (type === "IDAT") hasPixels = true;
    if (type === "fcTL" && hasPixels && isAnimated) return;
    yield { type, data };
    at += 12 + length;
  }
}

function inflated(packed: Uint8Array): Uint8Array | undefined {
  try {
    return inflateSync(packed, { maxOutputLength: MAX_TEXT_BYTES });
  } catch {
    return undefined;
  }
}

/** The bytes up to the first zero byte, and the bytes after it. */
function cut(bytes: Uint8Array): [Uint8Array, Uint8Array] | undefined {
  const end = bytes.indexOf(0);
  return end < 0 ? undefined : [bytes.subarray(0, end), bytes.subarray(end + 1)];
}

/** Keyword and text of a PNG's text chunk; undefined where it cannot be read. */
function pngText(type: string, data: Uint8Array): { keyword: string; text: Uint8Array } | undefined {
  const [keyword, rest] = cut(data) ?? [];
  if (keyword === undefined || rest === undefined) return undefined;
  const named = (text: Uint8Array | undefined) => text && { keyword: latin1(keyword), text };
  if (type === "tEXt") return named(rest);
  if (type === "zTXt") return rest[0] === 0 ? named(inflated(rest.subarray(1))) : undefined;
  const [isPacked = 0, method = 0] = rest;
  const [, translated] = cut(rest.subarray(2)) ?? [];
  const [, text] = (translated && cut(translated)) ?? [];
  if (text === undefined || isPacked === 0) return named(text);
  return method === 0 ? named(inflated(text)) : undefined;
}

/** Exif data in hexadecimal digits, as ImageMagick writes them: the lines after a name and a length. */
function rawProfile(text: string): Uint8Array | undefined {
  const digits = text.split("\n").slice(3).join("").replaceAll(/\s/g, "");
  return /^([0-9a-f]{2})+$/i.test(digits) ? new Uint8Array(Buffer.from(digits, "hex")) : undefined;
}

function pngNotes(file: Uint8Array): ImageNotes {
  let exif: Uint8Array | undefined;
  let profile: Uint8Array | undefined;
  let xmp: string | undefined;
  for (const { type, data } of pngChunks(file)) {
    if (type === "eXIf") exif = new Uint8Array(Buffer.concat([Buffer.from(EXIF_MARK), data]));
    if (!["tEXt", "zTXt", "iTXt"].includes(type)) continue;
    const { keyword, text } = pngText(type, data) ?? {};
    if (text === undefined) continue;
    if (keyword === "exif" && type === "tEXt") exif = text;
    if (keyword === "Raw profile type exif") profile = rawProfile(latin1(text));
    if (keyword === "XML:com.adobe.xmp") xmp = latin1(text);
  }
  return { exif: exif ?? profile, xmp };
}

function jpegNotes(file: Uint8Array): ImageNotes {
  const exif: Uint8Array[] = [];
  let xmp: string | undefined;
  for (let at = 2; at + 4 <= file.length; ) {
    if (file[at] !== 0xff || file[at + 1] === 0xff || file[at + 1] === 0) {
      at += 1;
      continue;
    }
    const marker = file[at + 1]!;
    if (marker === 0xda || marker === 0xd9) break;
    if (marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8)) {
      at += 2;
      continue;
    }
    const length = (file[at + 2]! << 8) | file[at + 3]!;
    const data = file.subarray(at + 4, at + 2 + length);
    if (marker === 0xe1 && startsWith(data, "Exif\0\0"))
      exif.push(exif.length === 0 ? data : data.subarray(6));
    if (marker === 0xe1 && startsWith(data, "http://ns.adobe.com/xap/1.0/\0"))
      xmp = latin1(data.subarray(29));
    at += 2 + Math.max(2, length);
  }
  return { exif: exif.length === 0 ? undefined : new Uint8Array(Buffer.concat(exif)), xmp };
}

function webpNotes(file: Uint8Array): ImageNotes {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const first = new Map<string, Uint8Array>();
  for (let at = 12; at + 8 <= file.length; ) {
    const type = latin1(file.subarray(at, at + 4));
    const length = view.getUint32(at + 4, true);
    if (!first.has(type)) first.set(type, file.subarray(at + 8, at + 8 + length));
    at += 8 + length + (length % 2);
  }
  const xmp = first.get("XMP ");
  return { exif: first.get("EXIF"), xmp: xmp && latin1(xmp) };
}

/** The notes of a PNG, JPEG or WebP file; none of files of other formats. */
export function imageNotes(file: Uint8Array, format: string): ImageNotes {
  switch (format) {
    case "PNG":
      return pngNotes(file);
    case "JPEG":
      return jpegNotes(file);
    case "WebP":
      return webpNotes(file);
    default:
      return {};
  }
}
