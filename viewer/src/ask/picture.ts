/**
 * @module
 * Image files to pixels by the browser's own decoder: turned upright, colour profiles ignored, transparency on white.
 */
import type { RgbImage } from "../../../src/model/image/rgb-image.ts";

/** A canvas can hold no more in every browser, and the model would shrink it anyway. */
const MAX_PIXELS = 67_108_864;

/** A picture to ask about, and where the page shows it from. */
export interface Picture {
  readonly name: string;
  readonly address: string;
  readonly image: RgbImage;
}

/**
 * Decodes a picture.
 *
 * @throws Error when it is not an image that the browser reads, or is larger than it can draw
 */
export async function decodePicture(file: Blob, name: string): Promise<RgbImage> {
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(file, { colorSpaceConversion: "none" });
  } catch {
    throw new Error(`${name}: this browser cannot read it as an image`);
  }
  const { width, height } = bitmap;
  try {
    if (width * height > MAX_PIXELS)
      throw new Error(`${name}: ${width} x ${height} pixels are more than can be drawn`);
    const canvas = new OffscreenCanvas(width, height);
    const context = canvas.getContext("2d", { willReadFrequently: true });
    if (context === null) throw new Error(`${name}: this browser has no canvas for it`);
    context.fillStyle = "#fff";
    context.fillRect(0, 0, width, height);
    context.drawImage(bitmap, 0, 0);
    const { data } = context.getImageData(0, 0, width, height);
    const rgb = new Uint8Array(width * height * 3);
    for (let from = 0, to = 0; from < data.length; from += 4, to += 3) {
      for (let c = 0; c < 3; c++) rgb[to + c] = data[from + c]!;
    }
    return { width, height, data: rgb };
  } finally {
    bitmap.close();
  }
}
