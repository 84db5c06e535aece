/**
 * @module
 * An image read at other places: each pixel of the result by bilinear interpolation at a place of the source.
 */
import type { RgbImage } from "../../model/index.ts";

/** Where a pixel of the result lies in the source; pixels' centres have whole coordinates. */
type Place = (x: number, y: number) => readonly [x: number, y: number];

/** The image as it is seen at other places; black beyond its edges, as neighbours beyond them are. */
export function sampledImage({ width, height, data }: RgbImage, place: Place): RgbImage {
  const sampled = new Uint8Array(data.length);
  const at = (x: number, y: number, channel: number) =>
    x < 0 || y < 0 || x >= width || y >= height ? 0 : data[(y * width + x) * 3 + channel]!;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [sourceX, sourceY] = place(x, y);
      const [left, top] = [Math.floor(sourceX), Math.floor(sourceY)];
      const [right, down] = [sourceX - left, sourceY - top];
      for (let channel = 0; channel < 3; channel++) {
        const value =
          (1 - down) * ((1 - right) * at(left, top, channel) + right * at(left + 1, top, channel)) +
          down * ((1 - right) * at(left, top + 1, channel) + right * at(left + 1, top + 1, channel));
        sampled[(y * width + x) * 3 + channel] = Math.round(value);
      }
    }
  }
  return { width, height, data: sampled };
}
