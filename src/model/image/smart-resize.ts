/**
 * @module
 * The size at which an image is shown to the model.
 */
import { DataError } from "../../errors/index.ts";
import { roundHalfEven } from "./round-half-even.ts";

/** Largest ratio of the longer to the shorter side. */
const MAX_ASPECT_RATIO = 200;

/** A size in pixels. */
export interface PixelSize {
  readonly width: number;
  readonly height: number;
}

export interface ResizeLimits {
  /** Both sides become multiples of this: patch size times merge size. */
  readonly factor: number;
  readonly minPixels: number;
  readonly maxPixels: number;
}

function checkSize({ width, height }: PixelSize): void {
  if (!(width > 0 && height > 0))
    throw new DataError(`image: expected a size above 0, got ${width} x ${height}`);
}

function checkAspectRatio({ width, height }: PixelSize): void {
  const aspectRatio = Math.max(height, width) / Math.min(height, width);
  if (aspectRatio > MAX_ASPECT_RATIO) {
    throw new DataError(
      `image: expected an aspect ratio of at most ${MAX_ASPECT_RATIO}, got ${width} x ${height}`,
    );
  }
}

/**
 * The nearest size with both sides multiples of `factor`, scaled so that its area lies within the limits and the
 * aspect ratio changes little. Source: the Qwen2-VL image processor (arXiv:2409.12191, section 2.1).
 *
 * @throws DataError when a side is zero or the aspect ratio is above 200
 */
export function smartResize(size: PixelSize, limits: ResizeLimits): PixelSize {
  checkSize(size);
  checkAspectRatio(size);
  return fitted(size, limits, 1, 1);
}

/**
 * The nearest multiples of `factor`, scaled where their pixels are out of the limits.
 *
 * @param frames that are counted where the size itself is scaled
 * @param roundedFrames that are counted where the nearest multiples are compared with the limits
 */
function fitted(
  { width, height }: PixelSize,
  { factor, minPixels, maxPixels }: ResizeLimits,
  frames: number,
  roundedFrames: number,
): PixelSize {
  const rounded = (side: number) => roundHalfEven(side / factor) * factor;
  const pixels = roundedFrames * rounded(height) * rounded(width);
  if (pixels > maxPixels) {
    const shrink = Math.sqrt((frames * height * width) / maxPixels);
    const side = (length: number) => Math.max(factor, Math.floor(length / shrink / factor) * factor);
    return { width: side(width), height: side(height) };
  }
  if (pixels < minPixels) {
    const grow = Math.sqrt(minPixels / (frames * height * width));
    const side = (length: number) => Math.ceil((length * grow) / factor) * factor;
    return { width: side(width), height: side(height) };
  }
  return { width: rounded(width), height: rounded(height) };
}

/**
 * The size at which all frames of a video are shown, if the limits apply to the pixels of all frames together. A
 * frame below `factor` on a side is enlarged first. Source: the Qwen3-VL video processor (arXiv:2511.21631).
 *
 * @param temporal frames of a temporal patch; the video has at least as many
 * @throws DataError when it has fewer, a side is zero, or the aspect ratio is above 200
 */
export function videoResize(
  size: PixelSize,
  frames: number,
  temporal: number,
  limits: ResizeLimits,
): PixelSize {
  checkSize(size);
  if (frames < temporal) throw new DataError(`video: expected at least ${temporal} frames, got ${frames}`);
  const enlarged = atLeast(size, limits.factor);
  checkAspectRatio(enlarged);
  return fitted(enlarged, limits, frames, roundHalfEven(frames / temporal) * temporal);
}

/** The size itself, or enlarged so that its shorter side is `least`. */
function atLeast({ width, height }: PixelSize, least: number): PixelSize {
  if (width >= least && height >= least) return { width, height };
  const scale = Math.max(least / height, least / width);
  return { width: Math.trunc(width * scale), height: Math.trunc(height * scale) };
}
