import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DataError, ShapeError } from "../../errors/index.ts";
import { parseImageProcessor } from "../../testing/fixture-architecture.ts";
import { resizeBicubic } from "./bicubic.ts";
import { decodeImage } from "./decode.ts";
import { imageGrid, preprocess } from "./processor.ts";
import { smartResize } from "./smart-resize.ts";

test("an image has sides of whole pixels", () => {
  const config = parseImageProcessor({}, "here");
  const image = { width: 1.5, height: 2, data: new Uint8Array(9) };
  expect(() => preprocess(image, config)).toThrow(ShapeError);
  expect(() => preprocess(image, config)).toThrow("image: expected sides of whole pixels, got 1.5 x 2");
});

interface Processed {
  readonly patch: number;
  readonly minPixels: number;
  readonly maxPixels: number;
  readonly grid: number[];
  readonly first: number[];
  readonly sum: number;
  readonly sha256: string;
}

interface Fixture {
  readonly images: { file: string; width: number; height: number; sha256: string; processed: Processed[] }[];
  readonly resizes: { width: number; height: number; sha256: string }[];
}

const folder = new URL("../../../fixtures/model-files/", import.meta.url);
const fixture: Fixture = JSON.parse(readFileSync(new URL("images.json", folder), "utf8"));
const pathOf = (file: string) => new URL(`images/${file}`, folder).pathname;

function digest(array: Uint8Array | Float32Array): string {
  const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
  return createHash("sha256").update(bytes).digest("hex");
}

describe("resizeBicubic", () => {
  test.each(fixture.resizes)(
    "gives Pillow's pixels at $width x $height",
    async ({ width, height, sha256 }) => {
      const resized = resizeBicubic(await decodeImage(pathOf("resize-53x41.png")), width, height);
      expect(resized.data).toHaveLength(width * height * 3);
      expect(digest(resized.data)).toBe(sha256);
    },
  );

  test("keeps a plain colour at any size", () => {
    const size = fc.integer({ min: 1, max: 40 });
    const colour = fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255));
    fc.assert(
      fc.property(size, size, size, size, colour, (width, height, toWidth, toHeight, rgb) => {
        const data = Uint8Array.from({ length: width * height * 3 }, (_, i) => rgb[i % 3]!);
        const resized = resizeBicubic({ width, height, data }, toWidth, toHeight);
        expect(resized.data.every((value, i) => value === rgb[i % 3])).toBe(true);
      }),
    );
  });
});

describe("smartResize", () => {
  const limits = { factor: 28, minPixels: 56 * 56, maxPixels: 28 * 28 * 1280 };

  test.each([
    ["rounds to the nearest multiple", { width: 300, height: 200 }, { width: 308, height: 196 }],
    ["rounds ties to even multiples", { width: 70, height: 98 }, { width: 56, height: 112 }],
    ["enlarges what is too small", { width: 10, height: 10 }, { width: 56, height: 56 }],
    ["shrinks what is too large", { width: 4000, height: 2000 }, { width: 1400, height: 700 }],
  ])("%s", (_, size, expected) => {
    expect(smartResize(size, limits)).toEqual(expected);
  });

  test("gives multiples of the factor within the limits for any size", () => {
    const side = fc.integer({ min: 1, max: 3000 });
    fc.assert(
      fc.property(side, side, (width, height) => {
        fc.pre(Math.max(width, height) / Math.min(width, height) <= 200);
        const size = smartResize({ width, height }, limits);
        expect([size.width % 28, size.height % 28]).toEqual([0, 0]);
        expect(size.width * size.height).toBeGreaterThanOrEqual(limits.minPixels);
        // A side of at least one factor can carry a very long image over the upper limit.
        if (Math.min(size.width, size.height) > 28) {
          expect(size.width * size.height).toBeLessThanOrEqual(limits.maxPixels);
        }
      }),
    );
  });

  test.each([
    [0, 5],
    [5, 0],
    [Number.NaN, 5],
    [201, 1],
  ])("refuses %d x %d", (width, height) => {
    expect(() => smartResize({ width, height }, limits)).toThrow(DataError);
    expect(() => smartResize({ width, height }, limits)).toThrow(`${width} x ${height}`);
  });
});

describe("preprocess", () => {
  const cases = fixture.images.flatMap(({ file, processed }) =>
    processed.map((entry) => ({ file, ...entry })),
  );

  test.each(cases)("equals transformers' Pillow processor for $file, patch $patch", async (expected) => {
    const { patch, minPixels, maxPixels } = expected;
    const size = { shortest_edge: minPixels, longest_edge: maxPixels };
    const config = parseImageProcessor({ patch_size: patch, size });
    const image = await decodeImage(pathOf(expected.file));
    const { patches, grid } = preprocess(image, config);
    expect(grid).toEqual(expected.grid);
    expect(imageGrid(image, config)).toEqual(expected.grid);
    expect([...patches.subarray(0, 6)]).toEqual(expected.first);
    expect(patches.reduce((sum, value) => sum + value, 0)).toBeCloseTo(expected.sum, 5);
    expect(digest(patches)).toBe(expected.sha256);
  });

  test("a patch holds its pixels by channel, frame, row and column, blocks first", () => {
    const config = {
      minPixels: 1,
      maxPixels: 1000,
      patchSize: 2,
      temporalPatchSize: 2,
      mergeSize: 2,
      rescaleFactor: 1,
      mean: [0, 0, 0] as const,
      std: [1, 1, 1] as const,
    };
    // Red is the row, green the column, blue 7.
    const data = Uint8Array.from({ length: 4 * 8 * 3 }, (_, i) => {
      const pixel = Math.floor(i / 3);
      return [Math.floor(pixel / 8), pixel % 8, 7][i % 3]!;
    });
    const { patches, grid } = preprocess({ width: 8, height: 4, data }, config);
    expect(grid).toEqual([1, 2, 4]);
    const row = (patch: number) => [...patches.subarray(patch * 24, patch * 24 + 24)];
    const blue = new Array(8).fill(7);
    expect(row(0)).toEqual([0, 0, 1, 1, 0, 0, 1, 1, 0, 1, 0, 1, 0, 1, 0, 1, ...blue]);
    expect(row(1)).toEqual([0, 0, 1, 1, 0, 0, 1, 1, 2, 3, 2, 3, 2, 3, 2, 3, ...blue]);
    expect(row(2)).toEqual([2, 2, 3, 3, 2, 2, 3, 3, 0, 1, 0, 1, 0, 1, 0, 1, ...blue]);
    expect(row(4)).toEqual([0, 0, 1, 1, 0, 0, 1, 1, 4, 5, 4, 5, 4, 5, 4, 5, ...blue]);
  });

  test("refuses data that does not fill the size", () => {
    const image = { width: 30, height: 30, data: new Uint8Array(30 * 30) };
    expect(() => preprocess(image, parseImageProcessor({}))).toThrow(ShapeError);
    expect(() => preprocess(image, parseImageProcessor({}))).toThrow("expected 2700 bytes");
  });
});
