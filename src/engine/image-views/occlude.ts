/**
 * @module
 * Views that take away what an image says: boxes of noise over it, or a part of it enlarged.
 *
 * Source: CPPO, arXiv:2601.00501, whose code draws one of the two for each image.
 */
import type { ImageAblation } from "../../credit/index.ts";
import type { Rng } from "../../math/index.ts";
import type { RgbImage } from "../../model/index.ts";
import { sampledImage } from "./sampled-image.ts";

type Occlude = Extract<ImageAblation, { readonly kind: "occlude" }>;

/** The image in one of the ways, drawn. */
export function occluded(image: RgbImage, options: Occlude, rng: Rng): RgbImage {
  switch (rng.pick(options.ways)) {
    case "noise-boxes":
      return underBoxes(image, options, rng);
    case "crop":
      return cropped(image, options, rng);
  }
}

/** Between two bounds, in either order. */
const between = (rng: Rng, a: number, b: number) => rng.uniform(Math.min(a, b), Math.max(a, b));

/** Boxes of uniform noise, each at its own place; later boxes cover earlier boxes. */
function underBoxes(
  { width, height, data }: RgbImage,
  { boxes, leastBox, mostBox }: Occlude,
  rng: Rng,
): RgbImage {
  const pixels = data.slice();
  for (let box = 0; box < boxes; box++) {
    const boxWidth = Math.floor(between(rng, leastBox, mostBox) * width);
    const boxHeight = Math.floor(between(rng, leastBox, mostBox) * height);
    const left = rng.integer(width - boxWidth + 1);
    const top = rng.integer(height - boxHeight + 1);
    for (let y = top; y < top + boxHeight; y++) {
      for (let i = (y * width + left) * 3; i < (y * width + left + boxWidth) * 3; i++) {
        pixels[i] = rng.integer(256);
      }
    }
  }
  return { width, height, data: pixels };
}

/** A part of both edges' length, at a place that is drawn, enlarged to the image's size. */
function cropped(image: RgbImage, { leastCrop, mostCrop }: Occlude, rng: Rng): RgbImage {
  const { width, height } = image;
  const kept = between(rng, leastCrop, mostCrop);
  const [cropWidth, cropHeight] = [
    Math.max(1, Math.floor(width * kept)),
    Math.max(1, Math.floor(height * kept)),
  ];
  const left = rng.integer(width - cropWidth + 1);
  const top = rng.integer(height - cropHeight + 1);
  const within = (place: number, part: number, whole: number) =>
    Math.min(Math.max(((place + 0.5) * part) / whole - 0.5, 0), part - 1);
  return sampledImage(image, (x, y) => [
    left + within(x, cropWidth, width),
    top + within(y, cropHeight, height),
  ]);
}
