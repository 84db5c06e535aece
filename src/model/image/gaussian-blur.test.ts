import { join } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readJson } from "../read-json.ts";
import { gaussianBlur } from "./gaussian-blur.ts";

interface Case {
  readonly width: number;
  readonly height: number;
  readonly radius: number;
  readonly blurred: readonly number[];
}

const FIXTURES = fileURLToPath(new URL("../../../fixtures/image-ablation/", import.meta.url));
const { cases } = readJson(join(FIXTURES, "blur.json")) as { readonly cases: readonly Case[] };

/** The image that the fixture's script blurred. */
function given(width: number, height: number): Uint8Array {
  const at = (x: number, y: number, c: number) => (c * 83 + x * 37 + y * 59 + x * y * 7) % 256;
  return Uint8Array.from({ length: width * height * 3 }, (_, i) => {
    const pixel = Math.floor(i / 3);
    return at(pixel % width, Math.floor(pixel / width), i % 3);
  });
}

describe("a Gaussian blur", () => {
  test.each(cases)(
    "of radius $radius on $width x $height is Pillow's, byte by byte",
    ({ width, height, radius, blurred }) => {
      const { data } = gaussianBlur({ width, height, data: given(width, height) }, radius);
      expect([...data]).toEqual(blurred);
    },
  );

  test("leaves an even image even, and the given pixels untouched", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 0, max: 255 }),
        fc.double({ min: 0, max: 30, noNaN: true }),
        (side, value, radius) => {
          const data = new Uint8Array(side * side * 3).fill(value);
          expect(gaussianBlur({ width: side, height: side, data }, radius).data).toEqual(data);
        },
      ),
    );
    const data = given(5, 4);
    gaussianBlur({ width: 5, height: 4, data }, 3);
    expect(data).toEqual(given(5, 4));
  });
});
