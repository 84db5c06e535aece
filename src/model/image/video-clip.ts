/**
 * @module
 * A video as the model is shown it: frames already chosen, and how far apart they were filmed.
 */
import type { RgbImage } from "./rgb-image.ts";

export interface VideoClip {
  /** At least one; all of one size. */
  readonly frames: readonly RgbImage[];
  /** These frames per second of the video: 2 when every fifteenth frame of a video of 30 a second was kept. */
  readonly fps: number;
}
