import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Rng } from "../../math/index.ts";
import { resizeBicubic } from "./bicubic.ts";
import { pixelKernel } from "./pixel-kernel.ts";
import type { RgbImage } from "./rgb-image.ts";
import { scalarResampler } from "./scalar-resampler.ts";
import { vectorResampler } from "./vector-resampler.ts";

const kernel = pixelKernel();
if (kernel === undefined) throw new Error("this platform has no WebAssembly vectors");
const vectors = vectorResampler(kernel);

/** Noise, with runs of black and white that make the kernel overshoot. */
function noise(width: number, height: number, seed: number): RgbImage {
  const rng = new Rng(seed);
  const period = Uint8Array.from({ length: 4099 }, () =>
    rng.integer(4) === 0 ? 255 * rng.integer(2) : rng.integer(256),
  );
  const data = new Uint8Array(width * height * 3);
  for (let i = 0; i < data.length; i++) data[i] = period[i % 4099]!;
  return { width, height, data };
}

function same(a: RgbImage, b: RgbImage): boolean {
  return a.width === b.width && a.height === b.height && Buffer.from(a.data).equals(b.data);
}

describe("the vector kernel", () => {
  test("gives the bytes of the plain loops at any size", () => {
    const side = fc.integer({ min: 1, max: 70 });
    fc.assert(
      fc.property(side, side, side, side, fc.nat(1e6), (width, height, toWidth, toHeight, seed) => {
        const image = noise(width, height, seed);
        const expected = resizeBicubic(image, toWidth, toHeight, scalarResampler);
        expect(same(resizeBicubic(image, toWidth, toHeight, vectors), expected)).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  test.each([
    ["rows", 2500, 1500, 500, 1480],
    ["columns", 700, 6001, 690, 900],
    ["both, enlarged", 900, 700, 1900, 1500],
  ])("works in stretches of its memory: many %s", (_, width, height, toWidth, toHeight) => {
    const image = noise(width, height, 7);
    const expected = resizeBicubic(image, toWidth, toHeight, scalarResampler);
    const found = resizeBicubic(image, toWidth, toHeight, vectors);
    expect(same(found, expected)).toBe(true);
    expect(kernel.memory.buffer.byteLength).toBeLessThan(16 * 2 ** 20);
  });

  test("leaves the image alone, and an image of the size asked for is the same object", () => {
    const image = noise(20, 10, 3);
    const before = image.data.slice();
    resizeBicubic(image, 9, 31, vectors);
    expect(image.data).toEqual(before);
    expect(resizeBicubic(image, 20, 10)).toBe(image);
  });
});
