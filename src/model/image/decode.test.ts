import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32, deflateSync } from "node:zlib";
import sharp from "sharp";
import { afterAll, describe, expect, test } from "vitest";
import { DataError } from "../../errors/index.ts";
import { parseImageProcessor } from "../../testing/fixture-architecture.ts";
import { decodeImage } from "./decode.ts";
import { firstGifFrame } from "./gif-frame.ts";
import { preprocess } from "./processor.ts";

interface Recorded {
  readonly file: string;
  readonly mode: string;
  readonly width: number;
  readonly height: number;
  readonly sha256: string;
  /** Of the pixels blended onto white, where that is different. */
  readonly onWhite?: string;
  readonly processed: {
    patch: number;
    minPixels: number;
    maxPixels: number;
    grid: number[];
    sha256: string;
  }[];
}

const root = new URL("../../../fixtures/images/", import.meta.url);
const recorded: readonly Recorded[] = JSON.parse(readFileSync(new URL("images.json", root), "utf8"));
const pathOf = (file: string) => new URL(`files/${file}`, root).pathname;
const folder = mkdtempSync(join(tmpdir(), "fovea-decode-"));
afterAll(() => rmSync(folder, { recursive: true }));

function digest(array: Uint8Array | Float32Array): string {
  const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
  return createHash("sha256").update(bytes).digest("hex");
}

/** A PNG that promises this many pixels and has none. */
function promisingPng(width: number, height: number): Buffer {
  const chunk = (kind: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(kind), data]);
    const frame = Buffer.alloc(8);
    frame.writeUInt32BE(data.length);
    frame.writeUInt32BE(crc32(body), 4);
    return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width);
  header.writeUInt32BE(height, 4);
  header.set([8, 2], 8);
  const start = Buffer.from("89504e470d0a1a0a", "hex");
  return Buffer.concat([
    start,
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(Buffer.alloc(1000))),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

test("an AVIF file whose brand is that of HEIF in general is read by its compatible brands", async () => {
  const file = await sharp({ create: { width: 16, height: 16, channels: 3, background: "red" } })
    .avif({ lossless: true })
    .toBuffer();
  expect(file.toString("latin1", 4, 12)).toBe("ftypavif");
  const expected = await decodeImage(file);
  const general = Buffer.from(file);
  general.write("mif1", 8, "latin1");
  expect(await decodeImage(general)).toEqual(expected);
  // No AVIF is named any more.
  general.fill("heic", 16, general.readUInt32BE(0), "latin1");
  await expect(decodeImage(general)).rejects.toThrow("another format (HEIC)");
});

describe("decodeImage", () => {
  test("is tried on at least forty files", () => {
    expect(recorded.length).toBeGreaterThanOrEqual(40);
  });

  test.each(recorded)("gives Pillow's pixels of $file ($mode), bitwise", async (expected) => {
    const image = await decodeImage(pathOf(expected.file));
    expect([image.width, image.height]).toEqual([expected.width, expected.height]);
    expect(digest(image.data)).toBe(expected.sha256);
    for (const { patch, minPixels, maxPixels, grid, sha256 } of expected.processed) {
      const size = { shortest_edge: minPixels, longest_edge: maxPixels };
      const processed = preprocess(image, parseImageProcessor({ patch_size: patch, size }));
      expect(processed.grid).toEqual(grid);
      expect(digest(processed.patches)).toBe(sha256);
    }
  });

  test.each(recorded)("blends $file onto white as transformers does", async ({ file, sha256, onWhite }) => {
    const { data } = await decodeImage(pathOf(file), { alpha: "white" });
    expect(digest(data)).toBe(onWhite ?? sha256);
  });

  test("takes bytes as well as a path", async () => {
    const path = pathOf("420.jpg");
    expect(await decodeImage(readFileSync(path))).toEqual(await decodeImage(path));
  });

  test("drops alpha instead of blending it", async () => {
    const hidden = Buffer.from([200, 100, 50, 0]);
    const png = await sharp(hidden, { raw: { width: 1, height: 1, channels: 4 } })
      .png()
      .toBuffer();
    expect([...(await decodeImage(png)).data]).toEqual([200, 100, 50]);
  });

  test("makes no light of full ink and white of none", async () => {
    const ink = await decodeImage(pathOf("cmyk.tif"));
    expect(Math.max(...ink.data)).toBeLessThanOrEqual(255);
    const raw = await sharp(pathOf("cmyk.tif"))
      .pipelineColourspace("cmyk")
      .toColourspace("cmyk")
      .raw()
      .toBuffer();
    const [c, , , k] = raw as unknown as [number, number, number, number];
    expect(Math.abs(ink.data[0]! - ((255 - k) * (255 - c)) / 255)).toBeLessThanOrEqual(1);
  });

  test.each<[why: string, make: () => string | Uint8Array, message: string]>([
    ["a missing file", () => pathOf("none.png"), "no such file"],
    ["a folder", () => folder, "not a plain file"],
    ["a device that never ends", () => "/dev/zero", "not a plain file"],
    ["no bytes", () => new Uint8Array(0), "the file is empty"],
    ["text", () => Buffer.from("not an image"), "another format"],
    [
      "a drawing, which may name other files",
      () => Buffer.from("<svg xmlns='http://www.w3.org/2000/svg'/>"),
      "another format",
    ],
    ["half a PNG", () => readFileSync(pathOf("rgb.png")).subarray(0, 3000), "read error"],
    ["half a JPEG", () => readFileSync(pathOf("444.jpg")).subarray(0, 2000), "premature end"],
    ["half a WebP", () => readFileSync(pathOf("lossy.webp")).subarray(0, 500), "unable"],
    ["half a GIF", () => readFileSync(pathOf("still.gif")).subarray(0, 900), "end"],
    ["a header alone", () => readFileSync(pathOf("420.jpg")).subarray(0, 3), "corrupt header"],
    ["no columns", () => promisingPng(0, 10), "corrupt header"],
    ["four billion pixels", () => promisingPng(65536, 65536), "pixel"],
    ["more pixels than a file of its size can hold", () => promisingPng(9000, 9000), "read error"],
  ])("refuses %s, naming the file", async (_, make, message) => {
    const source = make();
    const where = typeof source === "string" ? source : "row 7";
    const decode = decodeImage(source, { where });
    await expect(decode).rejects.toThrow(DataError);
    await expect(decode).rejects.toThrow(`${where}: cannot be read as an image: `);
    await expect(decode).rejects.toThrow(message);
  });

  test("refuses more pixels or bytes than allowed, with both numbers", async () => {
    const path = pathOf("rgb.png");
    await expect(decodeImage(path, { maxPixels: 61 * 43 - 1 })).rejects.toThrow(DataError);
    await expect(decodeImage(path, { maxPixels: 61 * 43 })).resolves.toMatchObject({ width: 61 });
    const { length } = readFileSync(path);
    await expect(decodeImage(path, { maxBytes: length - 1 })).rejects.toThrow(
      `${path}: cannot be read as an image: expected at most ${length - 1} bytes, got ${length}`,
    );
  });

  test("a bomb is refused before its pixels are decoded", async () => {
    const bomb = join(folder, "bomb.png");
    const side = 5_000;
    writeFileSync(
      bomb,
      await sharp({ create: { width: side, height: side, channels: 3, background: "red" } })
        .png({ compressionLevel: 9, palette: false })
        .toBuffer(),
    );
    const before = process.memoryUsage().rss;
    await expect(decodeImage(bomb, { maxPixels: 1e6 })).rejects.toThrow(DataError);
    expect(process.memoryUsage().rss - before).toBeLessThan(50 * 2 ** 20);
  });
});

describe("firstGifFrame", () => {
  test("reads the place and the colour of holes", () => {
    expect(firstGifFrame(readFileSync(pathOf("offset.gif")))).toEqual({
      left: 8,
      top: 6,
      width: 20,
      height: 12,
      transparent: false,
      fill: [200, 30, 40],
    });
  });

  test("ends with the file, wherever that ends", () => {
    const file = readFileSync(pathOf("transparent.gif"));
    for (let length = 0; length < 200; length++) {
      expect(firstGifFrame(file.subarray(0, length)).fill).toHaveLength(3);
    }
  });
});
