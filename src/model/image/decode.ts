/**
 * @module
 * Image files to pixels, as Pillow's `convert("RGB")` gives them: turned upright by their EXIF note, alpha
 * dropped, colour profiles ignored.
 */
import sharp from "sharp";
import { DataError } from "../../errors/index.ts";
import type { RgbImage } from "./rgb-image.ts";

/** Largest image decoded unless told otherwise: about 90 million pixels, Pillow's own limit. */
const DEFAULT_MAX_PIXELS = 89_478_485;

export interface DecodeImageOptions {
  /** Refuse larger images, so that a small file cannot fill the memory. */
  readonly maxPixels?: number;
  /** Name for messages; the path when there is one. */
  readonly where?: string;
}

/**
 * Decodes PNG, JPEG, WebP, GIF (first frame), AVIF or TIFF.
 *
 * @param source a path or the file's bytes
 * @throws DataError with the path: missing, empty, unreadable, truncated or too large
 */
export async function decodeImage(
  source: string | Uint8Array,
  options: DecodeImageOptions = {},
): Promise<RgbImage> {
  const { maxPixels = DEFAULT_MAX_PIXELS } = options;
  const where = options.where ?? (typeof source === "string" ? source : "image");
  try {
    const { data, info } = await sharp(source, {
      failOn: "error",
      ignoreIcc: true,
      limitInputPixels: maxPixels,
    })
      .autoOrient()
      .removeAlpha()
      .toColourspace("srgb")
      .raw({ depth: "uchar" })
      .toBuffer({ resolveWithObject: true });
    if (info.channels !== 3) throw new Error(`expected 3 channels, got ${info.channels}`);
    return { width: info.width, height: info.height, data: new Uint8Array(data) };
  } catch (cause) {
    throw new DataError(`${where}: cannot be read as an image: ${(cause as Error).message}`, { cause });
  }
}
