/**
 * @module
 * Bicubic resampling, bitwise identical to Pillow's: Keys' kernel with a = −0.5.
 */
import type { Resampler } from "./resampler.ts";
import { type ResizeFilter, resize } from "./resize.ts";
import type { RgbImage } from "./rgb-image.ts";

const A = -0.5;

/** Keys' cubic convolution. */
const BICUBIC: ResizeFilter = {
  support: 2,
  kernel: (distance) => {
    const x = Math.abs(distance);
    if (x < 1) return ((A + 2) * x - (A + 3)) * x * x + 1;
    if (x < 2) return (((x - 5) * x + 8) * x - 4) * A;
    return 0;
  },
};

/** The image at another size; see `resize`. */
export function resizeBicubic(
  image: RgbImage,
  width: number,
  height: number,
  resampler?: Resampler,
): RgbImage {
  return resize(image, width, height, BICUBIC, resampler);
}
