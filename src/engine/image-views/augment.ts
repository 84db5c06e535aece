/**
 * @module
 * Views that keep what an image says: other colours, another perspective, a small rotation.
 *
 * Source: CPPO, arXiv:2601.00501, whose code draws one of torchvision's ColorJitter, RandomPerspective and
 * RandomRotation for each image.
 */
import type { ImageAblation } from "../../credit/index.ts";
import type { Rng } from "../../math/index.ts";
import type { RgbImage } from "../../model/index.ts";
import { sampledImage } from "./sampled-image.ts";

type Augment = Extract<ImageAblation, { readonly kind: "augment" }>;

/** The image in one of the ways, drawn. */
export function augmented(image: RgbImage, { ways, degrees, distortion }: Augment, rng: Rng): RgbImage {
  switch (rng.pick(ways)) {
    case "colour":
      return recoloured(image, rng);
    case "perspective":
      return rng.uniform() < 0.5 ? image : inPerspective(image, distortion, rng);
    case "rotation":
      return rotated(image, rng.uniform(-degrees, degrees));
  }
}

const LUMA = [0.299, 0.587, 0.114] as const;

const grey = (data: Uint8Array, pixel: number) =>
  LUMA[0] * data[pixel]! + LUMA[1] * data[pixel + 1]! + LUMA[2] * data[pixel + 2]!;

/** Brightness of 0.2 to 1.3, contrast and saturation of 0.2 to 1.8 of what they are, in an order that is drawn. */
function recoloured({ width, height, data }: RgbImage, rng: Rng): RgbImage {
  let pixels = data.slice();
  const blend = (factor: number, other: (i: number) => number) => {
    pixels = new Uint8Array(
      Uint8ClampedArray.from(pixels, (value, i) => factor * value + (1 - factor) * other(i)).buffer,
    );
  };
  const steps = {
    brightness: () => blend(rng.uniform(0.2, 1.3), () => 0),
    contrast: () => {
      let sum = 0;
      for (let pixel = 0; pixel < pixels.length; pixel += 3) sum += grey(pixels, pixel);
      const mean = sum / Math.max(1, pixels.length / 3);
      blend(rng.uniform(0.2, 1.8), () => mean);
    },
    saturation: () => {
      const source = pixels;
      blend(rng.uniform(0.2, 1.8), (i) => grey(source, i - (i % 3)));
    },
  };
  for (const step of rng.shuffle(Object.values(steps))) step();
  return { width, height, data: pixels };
}

/** Turned about its centre by so many degrees. */
export function rotated(image: RgbImage, degrees: number): RgbImage {
  const [centreX, centreY] = [(image.width - 1) / 2, (image.height - 1) / 2];
  const [cosine, sine] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
  return sampledImage(image, (x, y) => [
    centreX + cosine * (x - centreX) - sine * (y - centreY),
    centreY + sine * (x - centreX) + cosine * (y - centreY),
  ]);
}

type Corners = readonly (readonly [x: number, y: number])[];

/** Its corners moved inward, each by up to the distortion times half an edge. */
function inPerspective(image: RgbImage, distortion: number, rng: Rng): RgbImage {
  const [right, bottom] = [image.width - 1, image.height - 1];
  const inward = (edge: number) => rng.uniform(0, (distortion * edge) / 2);
  const moved: Corners = [
    [inward(right), inward(bottom)],
    [right - inward(right), inward(bottom)],
    [right - inward(right), bottom - inward(bottom)],
    [inward(right), bottom - inward(bottom)],
  ];
  const corners: Corners = [
    [0, 0],
    [right, 0],
    [right, bottom],
    [0, bottom],
  ];
  const map = projection(moved, corners);
  return map === undefined ? image : sampledImage(image, map);
}

/** The projection that takes four places to four others; undefined where there is none, as in an image of one row. */
function projection(from: Corners, to: Corners) {
  const rows = from.flatMap(([x, y], i) => {
    const [u, v] = to[i]!;
    return [
      [x, y, 1, 0, 0, 0, -u * x, -u * y, u],
      [0, 0, 0, x, y, 1, -v * x, -v * y, v],
    ];
  });
  const solved = solve(rows);
  if (solved === undefined) return undefined;
  const [a, b, c, d, e, f, g, h] = solved as [number, number, number, number, number, number, number, number];
  return (x: number, y: number) => {
    const depth = g * x + h * y + 1;
    return [(a * x + b * y + c) / depth, (d * x + e * y + f) / depth] as const;
  };
}

/** Gauss and Jordan with pivots, on rows that end with their right side. */
function solve(rows: number[][]): number[] | undefined {
  const size = rows.length;
  for (let column = 0; column < size; column++) {
    let pivot = column;
    for (let row = column + 1; row < size; row++) {
      if (Math.abs(rows[row]![column]!) > Math.abs(rows[pivot]![column]!)) pivot = row;
    }
    [rows[column], rows[pivot]] = [rows[pivot]!, rows[column]!];
    const lead = rows[column]![column]!;
    if (Math.abs(lead) < 1e-9) return undefined;
    for (let row = 0; row < size; row++) {
      if (row === column) continue;
      const factor = rows[row]![column]! / lead;
      for (let i = column; i <= size; i++) rows[row]![i] = rows[row]![i]! - factor * rows[column]![i]!;
    }
  }
  return rows.map((row, i) => row[size]! / row[i]!);
}
