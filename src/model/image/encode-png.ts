/**
 * @module
 * Pixels to a PNG file, which keeps every one of them.
 */
import type { RgbImage } from "./rgb-image.ts";

/** The image as a PNG file. */
export async function encodePng({ data, width, height }: RgbImage): Promise<Uint8Array> {
  const { default: sharp } = await import("sharp");
  return sharp(data, { raw: { width, height, channels: 3 } })
    .png({ compressionLevel: 6 })
    .toBuffer();
}
