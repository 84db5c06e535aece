import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { DataError } from "../../errors/index.ts";
import { decodeImage } from "./decode.ts";

interface Recorded {
  readonly name: string;
  /** Base64. */
  readonly file: string;
  readonly width?: number;
  readonly height?: number;
  readonly sha256?: string;
  readonly onWhite?: string;
  readonly error?: string;
}

/** AVIF is decoded by another library than Pillow's: colours differ by a few levels. */
interface RecordedAvif extends Recorded {
  /** Top left, top right, bottom left. */
  readonly corners: readonly (readonly number[])[];
}

const { images, avif } = JSON.parse(
  readFileSync(new URL("../../../fixtures/images/turned.json", import.meta.url), "utf8"),
) as { readonly images: readonly Recorded[]; readonly avif: readonly RecordedAvif[] };

/** Files whose pixels are read here though Pillow gives up on what they note beside them. */
const READ_HERE = /^png exif with two marks|^png raw profile of no digits|^jpeg exif changed/;

const digest = (data: Uint8Array) => createHash("sha256").update(data).digest("hex");
const bytesOf = ({ file }: Recorded) => new Uint8Array(Buffer.from(file, "base64"));

describe("orientation and formats as Pillow has them:", () => {
  test.each(images.filter(({ error }) => error === undefined))("$name", async (recorded) => {
    const image = await decodeImage(bytesOf(recorded));
    expect([image.width, image.height]).toEqual([recorded.width, recorded.height]);
    expect(digest(image.data)).toBe(recorded.sha256);
    if (recorded.onWhite === undefined) return;
    const white = await decodeImage(bytesOf(recorded), { alpha: "white" });
    expect(digest(white.data)).toBe(recorded.onWhite);
  });

  test.each(images.filter(({ error, name }) => error !== undefined && !READ_HERE.test(name)))(
    "$name is refused",
    async (recorded) => {
      await expect(decodeImage(bytesOf(recorded))).rejects.toThrow(DataError);
    },
  );

  test.each(images.filter(({ error, name }) => error !== undefined && READ_HERE.test(name)))(
    "$name is not turned",
    async (recorded) => {
      expect(await decodeImage(bytesOf(recorded))).toMatchObject({ width: 6, height: 4 });
    },
  );

  test.each(avif)("$name", async (recorded) => {
    const { width, height, data } = await decodeImage(bytesOf(recorded));
    expect([width, height]).toEqual([recorded.width, recorded.height]);
    const places = [0, width - 1, width * (height - 1)];
    const corners = places.map((place) => [...data.subarray(3 * place, 3 * place + 3)]);
    const apart = corners.flat().map((value, i) => Math.abs(value - recorded.corners.flat()[i]!));
    expect(Math.max(...apart)).toBeLessThan(16);
  });
});
