/**
 * @module
 * The size at which an image is shown to the model.
 */
import { DataError } from "../../errors/index.ts";

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

/** To nearest, ties to even, as Python rounds. */
function roundHalfEven(x: number): number {
  const below = Math.floor(x);
  const part = x - below;
  if (part !== 0.5) return part < 0.5 ? below : below + 1;
  return below % 2 === 0 ? below : below + 1;
}

/**
 * The nearest size with both sides multiples of `factor`, scaled so that its area lies within the limits and the
 * aspect ratio changes little. Source: the Qwen2-VL image processor (arXiv:2409.12191, section 2.1).
 *
 * @throws DataError when a side is zero or the aspect ratio is above 200
 */
export function smartResize({ width, height }: PixelSize, limits: ResizeLimits): PixelSize {
  const { factor, minPixels, maxPixels } = limits;
  if (!(width > 0 && height > 0))
    throw new DataError(`image: expected a size above 0, got ${width} x ${height}`);
  const aspectRatio = Math.max(height, width) / Math.min(height, width);
  if (aspectRatio > MAX_ASPECT_RATIO) {
    throw new DataError(
      `image: expected an aspect ratio of at most ${MAX_ASPECT_RATIO}, got ${width} x ${height}`,
    );
  }
  const rounded = (side: number) => roundHalfEven(side / factor) * factor;
  const area = rounded(height) * rounded(width);
  if (area > maxPixels) {
    const shrink = Math.sqrt((height * width) / maxPixels);
    const side = (length: number) => Math.max(factor, Math.floor(length / shrink / factor) * factor);
    return { width: side(width), height: side(height) };
  }
  if (area < minPixels) {
    const grow = Math.sqrt(minPixels / (height * width));
    const side = (length: number) => Math.ceil((length * grow) / factor) * factor;
    return { width: side(width), height: side(height) };
  }
  return { width: rounded(width), height: rounded(height) };
}
