/**
 * @module
 * Resampling along one axis: its weights, and the interface that applies them.
 */
import type { RgbImage } from "./rgb-image.ts";

/** Fractional bits of a weight: 32 less 8 of the value and 2 of head room for the kernel's overshoot. */
export const WEIGHT_BITS = 22;

/** The weights of each output position: `count[i]` weights for input positions from `first[i]` on, `stride` apart. */
export interface Taps {
  readonly first: Int32Array;
  readonly count: Int32Array;
  readonly weights: Int32Array;
  readonly stride: number;
}

/** Resamples one axis with weights made for it; values are rounded to 8 bits. */
export interface Resampler {
  /** Every row becomes as many pixels as there are taps. */
  width(image: RgbImage, taps: Taps): RgbImage;
  /** Every column does. */
  height(image: RgbImage, taps: Taps): RgbImage;
}
