/**
 * @module
 * Bilinear resampling, bitwise identical to Pillow's: a triangle, widened when shrinking.
 */
import { type ResizeFilter, resize } from "./resize.ts";
import type { RgbImage } from "./rgb-image.ts";

const BILINEAR: ResizeFilter = { support: 1, kernel: (x) => Math.max(0, 1 - Math.abs(x)) };

/** The image at another size; see `resize`. */
export function resizeBilinear(image: RgbImage, width: number, height: number): RgbImage {
  return resize(image, width, height, BILINEAR);
}
