/**
 * @module
 * Image files to pixels, bitwise as Pillow's `exif_transpose` and `convert("RGB")` give them. Images are turned
 * upright by their Exif or XMP note, alpha is dropped and not blended, and colour profiles are ignored; ink and
 * 16-bit grey follow Pillow's formulas. Formats are recognised by their first bytes, and sizes are checked before
 * pixels are decoded.
 */
import { open } from "node:fs/promises";
import type { Metadata, Sharp } from "sharp";
import { DataError } from "../../errors/index.ts";
import { IS_POINTER, isLfsPointer } from "../lfs-pointer.ts";
import { bmpSize, decodeBmp, isBmp } from "./decode-bmp.ts";
import { decodePnm, isPnm, pnmSize } from "./decode-pnm.ts";
import { firstGifFrame } from "./gif-frame.ts";
import { imageOrientation, upright, withKnownOrientation } from "./orientation.ts";
import { otherContent } from "./other-content.ts";
import type { RgbImage } from "./rgb-image.ts";

/** Largest image decoded by default: about 90 million pixels, Pillow's own limit. */
const DEFAULT_MAX_PIXELS = 89_478_485;
/** Largest file read by default. */
const DEFAULT_MAX_BYTES = 256 * 2 ** 20;
/** Seconds after which a file that keeps its decoder busy is given up. */
const TIMEOUT_SECONDS = 120;

export interface DecodeImageOptions {
  /** Refuse larger images, so that a small file cannot fill the memory. */
  readonly maxPixels?: number;
  /** Refuse larger files; 256 MiB unless given. */
  readonly maxBytes?: number;
  /**
   * Treatment of transparency. `drop`, the default, removes the alpha channel, as transformers does with files.
   * `white` blends the image onto white, as transformers does with images opened before and as qwen-vl-utils does.
   */
  readonly alpha?: "drop" | "white";
  /** Name for messages; the path when there is one. */
  readonly where?: string;
}

type Format = "PNG" | "JPEG" | "WebP" | "GIF" | "TIFF" | "AVIF" | "BMP" | "PNM";

/**
 * Decodes PNG, JPEG, WebP, GIF (first frame), TIFF (first page), AVIF, BMP, or PBM, PGM, PPM and PFM.
 *
 * Grey of 16 bits is cut off at 255, as Pillow 13 does it; other 16-bit pixels keep their upper byte. Ink (CMYK)
 * becomes (255 − k)(255 − c) / 255 without a profile. Holes of a GIF show the palette's colour. Pixels of AVIF
 * files may differ from Pillow's by a few levels.
 *
 * @param source a path or the file's bytes
 * @throws DataError with the path: missing, no plain file, empty, of another format, unreadable, truncated, without
 *   pixels, too large
 */
export async function decodeImage(
  source: string | Uint8Array,
  options: DecodeImageOptions = {},
): Promise<RgbImage> {
  const { maxPixels = DEFAULT_MAX_PIXELS, maxBytes = DEFAULT_MAX_BYTES, alpha = "drop" } = options;
  const where = options.where ?? (typeof source === "string" ? source : "image");
  try {
    const file = typeof source === "string" ? await readImageFile(source, maxBytes) : source;
    const format = imageFormat(file);
    if (isLfsPointer(file)) throw new DataError(`${where}: ${IS_POINTER}`);
    if (format === undefined)
      throw new Error(
        file.length === 0
          ? "the file is empty"
          : `expected PNG, JPEG, WebP, GIF, TIFF, AVIF, BMP or PPM, got ${otherContent(file)}`,
      );
    if (format === "BMP" || format === "PNM") return decodeOwn(format, file, maxPixels, alpha);
    const readable = format === "TIFF" ? withKnownOrientation(file) : file;
    const { default: sharp } = await import("sharp");
    const image = sharp(readable, { failOn: "error", ignoreIcc: true, limitInputPixels: maxPixels });
    const metadata = await image.metadata();
    const { width, height } = metadata;
    checkSize(width, height, maxPixels);
    image.timeout({ seconds: TIMEOUT_SECONDS });
    const decoded = await decodePixels(image, format, file, metadata, alpha);
    return upright(decoded, orientationOf(file, format, metadata));
  } catch (cause) {
    if (cause instanceof DataError) throw cause;
    // The decoders' messages run over several lines that repeat each other.
    const [reason = ""] = (cause as Error).message.split("\n");
    throw new DataError(`${where}: cannot be read as an image: ${reason}`, { cause });
  }
}

function checkSize(width: number, height: number, maxPixels: number): void {
  if (!(width > 0 && height > 0)) throw new Error(`expected pixels, got ${width} x ${height}`);
  if (width * height > maxPixels)
    throw new Error(`expected at most ${maxPixels} pixels, got ${width} x ${height}`);
}

/** The formats that sharp does not read. */
function decodeOwn(
  format: "BMP" | "PNM",
  file: Uint8Array,
  maxPixels: number,
  alpha: "drop" | "white",
): RgbImage {
  const { width, height } = format === "BMP" ? bmpSize(file) : pnmSize(file);
  checkSize(width, height, maxPixels);
  if (format === "PNM") return decodePnm(file);
  const { data, hasAlpha } = decodeBmp(file);
  if (hasAlpha && alpha === "white") return onWhite({ data, width, height });
  const rgb = new Uint8Array(width * height * 3);
  for (let from = 0, to = 0; from < data.length; from += 4, to += 3) {
    for (let c = 0; c < 3; c++) rgb[to + c] = data[from + c]!;
  }
  return { width, height, data: rgb };
}

/** Pixels as they are in the file, not turned. */
async function decodePixels(
  image: Sharp,
  format: Format,
  file: Uint8Array,
  metadata: Metadata,
  alpha: "drop" | "white",
): Promise<RgbImage> {
  if (metadata.space === "cmyk") return decodeInk(image);
  if (isGrey16(format, file, metadata)) return decodeGrey16(image);
  if (format === "GIF") return decodeGif(image, file, alpha);
  if (alpha === "white" && metadata.hasAlpha) return onWhite(await pixels(image.toColourspace("srgb"), 4));
  const { data, width, height } = await pixels(image.removeAlpha().toColourspace("srgb"), 3);
  return { width, height, data };
}

/** AVIF's own turn is made by its decoder, and as in Pillow comes before what Exif says; XMP counts without both. */
function orientationOf(file: Uint8Array, format: Format, { exif, xmp }: Metadata) {
  if (format !== "AVIF") return imageOrientation(file, format);
  const text = Buffer.from(file.buffer, file.byteOffset, file.length);
  const isTurned = text.includes("irot") || text.includes("imir");
  const hasTag = imageOrientation(file, format, { exif }) !== 1;
  return isTurned || hasTag ? 1 : imageOrientation(file, format, { exif, xmp: xmp?.toString("latin1") });
}

/** A plain file's bytes; pipes and devices, which may never end, are refused. */
async function readImageFile(path: string, maxBytes: number): Promise<Uint8Array> {
  const handle = await open(path, "r");
  try {
    const status = await handle.stat();
    if (!status.isFile()) throw new Error("not a plain file");
    if (status.size > maxBytes) throw new Error(`expected at most ${maxBytes} bytes, got ${status.size}`);
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}

/** Bytes of a file's brands that are looked at. */
const MOST_BRANDS = 1024;

/** Where the box of type and brands ends, with which HEIC, AVIF and videos begin. */
function fileTypeEnd(file: Uint8Array): number {
  return new DataView(file.buffer, file.byteOffset, file.byteLength).getUint32(0);
}

/** Whether a file is of AVIF by its brand, or is a HEIF file in general that may be read as AVIF. */
function isAvif(brand: string, compatible: string): boolean {
  if (/^avi[fs]$/.test(brand)) return true;
  return /^m[is]f1$/.test(brand) && /^(?:.{4})*avi[fs]/s.test(compatible);
}

/** The format that a file's first bytes speak of. */
export function imageFormat(file: Uint8Array): Format | undefined {
  const text = (from: number, to: number) => String.fromCharCode(...file.subarray(from, to));
  const start = text(0, 4);
  if (start === "\x89PNG") return "PNG";
  if (start.startsWith("\xff\xd8\xff")) return "JPEG";
  if (start === "RIFF" && text(8, 12) === "WEBP") return "WebP";
  if (start === "GIF8") return "GIF";
  if (start === "II*\0" || start === "MM\0*" || start === "II+\0" || start === "MM\0+") return "TIFF";
  if (text(4, 8) === "ftyp" && isAvif(text(8, 12), text(16, Math.min(fileTypeEnd(file), MOST_BRANDS)))) {
    return "AVIF";
  }
  if (isBmp(file)) return "BMP";
  if (isPnm(file)) return "PNM";
  return undefined;
}

/** Whether Pillow opens the file in its mode I;16: grey of 16 bits without a plane of alpha. */
function isGrey16(format: Format, file: Uint8Array, { space, hasAlpha }: Metadata): boolean {
  if (format === "PNG") return file[24] === 16 && file[25] === 0;
  return format === "TIFF" && space === "grey16" && !hasAlpha;
}

async function pixels(image: Sharp, channels: number) {
  const { data, info } = await image.raw({ depth: "uchar" }).toBuffer({ resolveWithObject: true });
  if (info.channels !== channels) throw new Error(`expected ${channels} channels, got ${info.channels}`);
  return {
    data: new Uint8Array(data.buffer, data.byteOffset, data.length),
    width: info.width,
    height: info.height,
  };
}

/** The nearest integer to a·b / 255, by Pillow's shifts. */
function product255(a: number, b: number): number {
  const x = a * b + 128;
  return ((x >> 8) + x) >> 8;
}

async function decodeInk(image: Sharp): Promise<RgbImage> {
  const ink = await pixels(image.removeAlpha().pipelineColourspace("cmyk").toColourspace("cmyk"), 4);
  const data = new Uint8Array(ink.width * ink.height * 3);
  for (let from = 0, to = 0; from < ink.data.length; from += 4, to += 3) {
    const light = 255 - ink.data[from + 3]!;
    for (let c = 0; c < 3; c++) data[to + c] = light - product255(ink.data[from + c]!, light);
  }
  return { width: ink.width, height: ink.height, data };
}

async function decodeGrey16(image: Sharp): Promise<RgbImage> {
  const { data, info } = await image
    .removeAlpha()
    .pipelineColourspace("grey16")
    .toColourspace("grey16")
    .raw({ depth: "ushort" })
    .toBuffer({ resolveWithObject: true });
  const { width, height } = info;
  if (data.length !== width * height * 2) throw new Error(`expected one channel, got ${info.channels}`);
  const grey = new Uint16Array(data.buffer.slice(data.byteOffset, data.byteOffset + data.length));
  const rgb = new Uint8Array(width * height * 3);
  for (let i = 0; i < grey.length; i++) rgb.fill(Math.min(255, grey[i]!), i * 3, i * 3 + 3);
  return { width, height, data: rgb };
}

/** Four channels blended onto white. */
function onWhite({ data, width, height }: RgbImage): RgbImage {
  const rgb = new Uint8Array(width * height * 3);
  for (let from = 0, to = 0; from < data.length; from += 4, to += 3) {
    const opacity = data[from + 3]!;
    for (let c = 0; c < 3; c++) {
      // Pillow's alpha_composite over opaque white: weights of 7 more bits, then its division by 255.
      const sum = (data[from + c]! * opacity + 255 * (255 - opacity)) * 128 + 0x4000;
      rgb[to + c] = ((sum >> 8) + sum) >> 15;
    }
  }
  return { width, height, data: rgb };
}

async function decodeGif(image: Sharp, file: Uint8Array, alpha: "drop" | "white"): Promise<RgbImage> {
  const { data, width, height } = await pixels(image.ensureAlpha().toColourspace("srgb"), 4);
  const { left, top, ...frame } = firstGifFrame(file);
  const fill = alpha === "white" && frame.transparent ? [255, 255, 255] : frame.fill;
  const covered = (at: number, from: number, size: number) => at >= from && at < from + size;
  const rgb = new Uint8Array(width * height * 3);
  for (let y = 0, from = 0, to = 0; y < height; y++) {
    const inRow = covered(y, top, frame.height);
    for (let x = 0; x < width; x++, from += 4, to += 3) {
      const hole = data[from + 3] === 0 || !inRow || !covered(x, left, frame.width);
      for (let c = 0; c < 3; c++) rgb[to + c] = hole ? fill[c]! : data[from + c]!;
    }
  }
  return { width, height, data: rgb };
}
