/**
 * @module
 * Replaces regions of an image by their mean colour.
 */
import { DataError } from "../../errors/index.ts";
import type { RgbImage } from "../../model/index.ts";

/** A rectangle of an image, in its pixels; parts beyond the image are left out. */
export interface Region {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/**
 * Each region at the mean colour that the image has in it, channel by channel. Regions that overlap have the mean of
 * the image as given, the later one on top.
 *
 * Source: CGPO's masked regions, and Evidence-RL's neutralised regions, arXiv:2608.08021, in pixels.
 *
 * @throws DataError when a region is not of finite numbers, or none of its pixels lies in the image
 */
export function flattenRegions(image: RgbImage, regions: readonly Region[]): RgbImage {
  const data = image.data.slice();
  for (const [i, region] of regions.entries()) {
    const { left, top, right, bottom } = within(image, region, i);
    const pixels = (right - left) * (bottom - top);
    const sums = [0, 0, 0];
    const visit = (act: (place: number, channel: number) => void) => {
      for (let y = top; y < bottom; y++) {
        for (let place = (y * image.width + left) * 3; place < (y * image.width + right) * 3; place++) {
          act(place, place % 3);
        }
      }
    };
    visit((place, channel) => {
      sums[channel]! += image.data[place]!;
    });
    visit((place, channel) => {
      data[place] = Math.round(sums[channel]! / pixels);
    });
  }
  return { ...image, data };
}

function within({ width, height }: RgbImage, region: Region, i: number) {
  const { x, y } = region;
  const left = Math.max(0, Math.round(x));
  const top = Math.max(0, Math.round(y));
  const right = Math.min(width, Math.round(x + region.width));
  const bottom = Math.min(height, Math.round(y + region.height));
  if (right > left && bottom > top) return { left, top, right, bottom };
  throw new DataError(
    `region ${i}: expected a rectangle with a pixel in an image of ${width} × ${height}, got ` +
      `${region.width} × ${region.height} at ${x}, ${y}`,
  );
}
