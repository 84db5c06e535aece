/**
 * @module
 * Lanczos resampling, bitwise identical to Pillow's: a sinc over three lobes, windowed by a wider sinc.
 */
import { type ResizeFilter, resize } from "./resize.ts";
import type { RgbImage } from "./rgb-image.ts";

const LOBES = 3;

/** sin(πx) / (πx) */
function sinc(x: number): number {
  if (x === 0) return 1;
  const angle = x * Math.PI;
  return Math.sin(angle) / angle;
}

const LANCZOS: ResizeFilter = {
  support: LOBES,
  kernel: (x) => (x >= -LOBES && x < LOBES ? sinc(x) * sinc(x / LOBES) : 0),
};

/** The image at another size; see `resize`. */
export function resizeLanczos(image: RgbImage, width: number, height: number): RgbImage {
  return resize(image, width, height, LANCZOS);
}
