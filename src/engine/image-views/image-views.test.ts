import { describe, expect, test } from "vitest";
import { imageAblationSchema } from "../../credit/index.ts";
import { DataError } from "../../errors/index.ts";
import { diffusionKept, Rng } from "../../math/index.ts";
import type { RgbImage } from "../../model/index.ts";
import { ablateImage } from "../ablated-prompt.ts";
import { rotated } from "./augment.ts";
import { diffusionNoise } from "./diffusion-noise.ts";
import { flattenRegions } from "./flatten-regions.ts";

/** A picture whose pixels all differ. */
const picture = (width = 40, height = 30): RgbImage => ({
  width,
  height,
  data: Uint8Array.from({ length: width * height * 3 }, (_, i) => (i * 37 + Math.floor(i / 7)) % 256),
});
const flat = (level: number, side = 64): RgbImage => ({
  width: side,
  height: side,
  data: new Uint8Array(side * side * 3).fill(level),
});
const view = (options: object) => {
  const parsed = imageAblationSchema.parse(options);
  if (parsed.kind === "discard" || parsed.kind === "mask-attention" || parsed.kind === "replace-values")
    throw new Error("expected a view of pixels");
  return parsed;
};
const mean = (data: ArrayLike<number>) => Array.from(data).reduce((a, b) => a + b, 0) / data.length;

describe("diffusion noise", () => {
  test("without steps is the image itself", () => {
    const image = picture();
    expect(ablateImage(image, view({ kind: "diffusion", step: 0 }))).toBe(image);
  });

  test("has the mean and the deviation of its step, where nothing reaches the bounds", () => {
    const step = 250;
    const { data } = diffusionNoise(flat(128), step, new Rng(1));
    const kept = diffusionKept(step);
    const centre = mean(data);
    const deviation = Math.sqrt(mean(Array.from(data, (value) => (value - centre) ** 2)));
    // Rounded down, half a level on average.
    expect(centre).toBeCloseTo(Math.sqrt(kept) * 128 - 0.5, -0.5);
    expect(deviation / 255 / Math.sqrt(1 - kept)).toBeCloseTo(1, 1);
  });

  test("draws by seed and image", () => {
    const image = picture();
    const noised = (seed: number) => ablateImage(image, view({ kind: "diffusion", seed })).data;
    expect(noised(1)).toEqual(noised(1));
    expect(noised(1)).not.toEqual(noised(2));
  });
});

describe("views that take away or keep what an image says", () => {
  test.each([
    { kind: "occlude", ways: ["noise-boxes"] },
    { kind: "occlude", ways: ["crop"] },
    { kind: "augment", ways: ["colour"] },
    { kind: "augment", ways: ["rotation"] },
  ])("%j changes an image, keeps its size, and draws by its seed alone", (options) => {
    const image = picture();
    const seen = ablateImage(image, view(options));
    expect([seen.width, seen.height, seen.data.length]).toEqual([40, 30, 40 * 30 * 3]);
    expect(seen.data).not.toEqual(image.data);
    expect(ablateImage(image, view(options))).toEqual(seen);
  });

  test("a perspective is taken of one image in two", () => {
    const image = picture();
    const seen = Array.from({ length: 40 }, (_, seed) =>
      ablateImage(image, view({ kind: "augment", ways: ["perspective"], seed })),
    );
    const changed = seen.filter(({ data }) => data.some((value, i) => value !== image.data[i])).length;
    expect(changed).toBeGreaterThan(10);
    expect(changed).toBeLessThan(30);
  });

  test("draw one of their ways for each image, and take a single pixel as it comes", () => {
    const image = picture();
    const seen = (options: object) => Buffer.from(ablateImage(image, view(options)).data).toString("hex");
    for (let seed = 0; seed < 8; seed++) {
      const either = (["noise-boxes", "crop"] as const).map((way) =>
        seen({ kind: "occlude", ways: [way, way], seed }),
      );
      expect(either).toContain(seen({ kind: "occlude", seed }));
      expect(ablateImage(picture(1, 1), view({ kind: "occlude", seed })).data).toHaveLength(3);
      expect(ablateImage(picture(1, 1), view({ kind: "augment", seed })).data).toHaveLength(3);
    }
  });

  test("fifty boxes of noise of up to 15 % leave some of the image, a crop keeps what lies within it", () => {
    const boxes = ablateImage(flat(7), view({ kind: "occlude", ways: ["noise-boxes"] })).data;
    const left = mean(Array.from(boxes, (value) => (value === 7 ? 1 : 0)));
    expect(left).toBeGreaterThan(0.4);
    expect(left).toBeLessThan(0.8);
    expect(new Set(ablateImage(flat(7), view({ kind: "occlude", ways: ["crop"] })).data)).toEqual(
      new Set([7]),
    );
  });

  test("a rotation turns about the centre: a quarter takes columns to rows, none changes nothing", () => {
    const image: RgbImage = {
      width: 3,
      height: 3,
      data: Uint8Array.from({ length: 27 }, (_, i) => 9 * Math.floor(i / 3)),
    };
    const levels = ({ data }: RgbImage) => Array.from({ length: 9 }, (_, i) => data[i * 3]! / 9);
    expect(levels(rotated(image, 0))).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    expect(levels(rotated(image, 90))).toEqual([2, 5, 8, 1, 4, 7, 0, 3, 6]);
    expect(levels(rotated(image, 180))).toEqual([8, 7, 6, 5, 4, 3, 2, 1, 0]);
  });
});

describe("flattened regions", () => {
  test("have their mean colour, channel by channel, and leave the rest alone", () => {
    const image: RgbImage = {
      width: 2,
      height: 2,
      data: Uint8Array.of(0, 10, 20, 2, 20, 40, 9, 9, 9, 8, 8, 8),
    };
    const { data } = flattenRegions(image, [{ x: 0, y: 0, width: 2, height: 1 }]);
    expect([...data]).toEqual([1, 15, 30, 1, 15, 30, 9, 9, 9, 8, 8, 8]);
    expect([...image.data.slice(0, 3)]).toEqual([0, 10, 20]);
  });

  test("are cut at the image's edges; none changes nothing; one beyond it is an error that names both", () => {
    const image = picture();
    expect(flattenRegions(image, [])).toEqual(image);
    const whole = flattenRegions(image, [{ x: -5, y: -5, width: 100, height: 100 }]);
    expect(new Set(whole.data.filter((_, i) => i % 3 === 0)).size).toBe(1);
    const beyond = () => flattenRegions(image, [{ x: 40, y: 0, width: 2, height: 2 }]);
    expect(beyond).toThrow(DataError);
    expect(beyond).toThrow("image of 40 × 30, got 2 × 2 at 40, 0");
    expect(() => flattenRegions(image, [{ x: Number.NaN, y: 0, width: 2, height: 2 }])).toThrow(DataError);
  });
});
