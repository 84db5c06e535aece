/**
 * @module
 * Settings of processors that show images at any size and cut them into patches, from any of the files that
 * hold them.
 */

/** Settings of the image processor. */
export interface ProcessorConfig {
  /** Area, in pixels, below which an image is enlarged. */
  readonly minPixels: number;
  /** Area, in pixels, above which an image is shrunk. */
  readonly maxPixels: number;
  readonly patchSize: number;
  readonly temporalPatchSize: number;
  /** Patches per side of one token. */
  readonly mergeSize: number;
  /** Pixel values times this, less the mean, over the standard deviation. */
  readonly rescaleFactor: number;
  /** Per channel, of values in [0, 1]. */
  readonly mean: readonly [number, number, number];
  readonly std: readonly [number, number, number];
}

/** Settings of the video processor. Pixel limits apply to one frame, unless they apply to the whole video. */
export interface VideoProcessorConfig extends ProcessorConfig {
  /** Whether a long video's frames are shown smaller, so that all together stay within `maxVideoTokens`. */
  readonly capPixelsPerFrame: boolean;
  /** Of one frame: nine tenths of this many tokens are a capped video's budget. Of the whole: most tokens of a capped frame. */
  readonly maxVideoTokens: number;
  /** Pixel limits apply to all frames together. */
  readonly limitsWholeVideo?: boolean;
}
