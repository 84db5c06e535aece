/**
 * @module
 * Parts of images.
 */
import type { RgbImage } from "./rgb-image.ts";

/** A square of an image, which it lies within. */
export function cropSquare(image: RgbImage, left: number, top: number, side: number): RgbImage {
  if (left === 0 && top === 0 && image.width === side && image.height === side) return image;
  const data = new Uint8Array(side * side * 3);
  for (let y = 0; y < side; y++) {
    const from = ((top + y) * image.width + left) * 3;
    data.set(image.data.subarray(from, from + side * 3), y * side * 3);
  }
  return { width: side, height: side, data };
}
