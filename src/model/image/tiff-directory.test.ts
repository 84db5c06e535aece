import sharp from "sharp";
import { expect, test } from "vitest";
import { decodeImage } from "./decode.ts";
import { tiffTags } from "./tiff-directory.ts";

const raw = { width: 5, height: 3, channels: 3 } as const;
const picture = () =>
  sharp(
    Uint8Array.from({ length: 45 }, (_, i) => 5 * i),
    { raw },
  );

test.each([1, 3, 6, 8])("BigTIFF is turned upright as TIFF is: %i", async (orientation) => {
  const file = (bigtiff: boolean) =>
    picture().withMetadata({ orientation }).tiff({ bigtiff, compression: "none" }).toBuffer();
  const [small, big] = [await file(false), await file(true)];
  expect([small[2], big[2]]).toEqual([42, 43]);
  expect(tiffTags(big, [274]).get(274)?.number).toBe(orientation);
  const [expected, read] = [await decodeImage(small), await decodeImage(big)];
  expect(read).toEqual(expected);
  expect(read.width).toBe(orientation > 4 ? 3 : 5);
});

test("a BigTIFF whose directory lies outside has no tags", () => {
  const head = Buffer.from("49492b00080000000000000000000001", "hex");
  expect(tiffTags(head, [274]).size).toBe(0);
  expect(tiffTags(head.subarray(0, 12), [274]).size).toBe(0);
});
