/**
 * @module
 * Decodes damaged image files. For any damage, the decoder may only give pixels within its bounds or throw
 * `DataError`.
 */
import { readdirSync, readFileSync } from "node:fs";
import { DataError } from "../errors/index.ts";
import type { Rng } from "../math/index.ts";
import { decodeImage } from "../model/index.ts";

const FOLDER = new URL("../../fixtures/images/files/", import.meta.url).pathname;
const TURNED = new URL("../../fixtures/images/turned.json", import.meta.url);
const MAX_PIXELS = 250_000;
const ENDINGS: Readonly<Record<string, string>> = { jpeg: "jpg", tiff: "tif" };

/** The recorded images: files, and the images of turned.json, whose names begin with their format. */
function recordedImages(): { readonly name: string; readonly file: Buffer }[] {
  const { images } = JSON.parse(readFileSync(TURNED, "utf8")) as {
    readonly images: readonly { readonly name: string; readonly file: string }[];
  };
  const turned = images.map(({ name, file }) => {
    const [format = ""] = name.split(" ");
    return { name: `${name}.${ENDINGS[format] ?? format}`, file: Buffer.from(file, "base64") };
  });
  const files = readdirSync(FOLDER).map((name) => ({ name, file: readFileSync(`${FOLDER}${name}`) }));
  return [...files, ...turned];
}

/** A file with one thing wrong with it. */
function damage(file: Buffer, other: Buffer, rng: Rng): Buffer {
  const at = rng.integer(file.length);
  switch (rng.integer(7)) {
    case 0:
      return file.subarray(0, at);
    case 1: {
      const flipped = Buffer.from(file);
      for (let i = 0; i <= rng.integer(12); i++) flipped[rng.integer(file.length)]! ^= 1 << rng.integer(8);
      return flipped;
    }
    case 2: {
      // The header contains sizes, depths and offsets.
      const flipped = Buffer.from(file);
      flipped[rng.integer(Math.min(64, file.length))] = rng.integer(256);
      return flipped;
    }
    case 3: {
      const huge = Buffer.from(file);
      huge.fill(0xff, at, Math.min(file.length, at + 4));
      return huge;
    }
    case 4:
      return Buffer.concat([file.subarray(0, at), file.subarray(rng.integer(file.length))]);
    case 5:
      return Buffer.concat([file.subarray(0, at), other.subarray(rng.integer(other.length))]);
    default:
      return Buffer.concat([
        file.subarray(0, at),
        Buffer.alloc(rng.integer(200), rng.integer(256)),
        file.subarray(at),
      ]);
  }
}

/** The outcome for all files. */
interface DamageReport {
  readonly decoded: number;
  readonly refused: number;
  /** Of the slowest file. */
  readonly slowestMs: number;
  /** By how much the process grew, in bytes. */
  readonly grown: number;
  /** Outcomes that should not have happened, with the number of the file. */
  readonly wrong: readonly string[];
}

/** Decodes `count` damaged copies of the recorded images whose names end so. */
export async function decodeDamaged(ending: string, count: number, rng: Rng): Promise<DamageReport> {
  const images = recordedImages();
  const all = images.map(({ file }) => file);
  const files = images.filter(({ name }) => name.endsWith(ending)).map(({ file }) => file);
  const before = process.memoryUsage().rss;
  const wrong: string[] = [];
  let decoded = 0;
  let slowestMs = 0;
  for (let i = 0; i < count; i++) {
    const where = `file ${i}`;
    const file = damage(rng.pick(files), rng.pick(all), rng);
    const start = performance.now();
    try {
      const { width, height, data } = await decodeImage(file, { maxPixels: MAX_PIXELS, where });
      decoded++;
      if (width * height > MAX_PIXELS || data.length !== width * height * 3) {
        wrong.push(`${where}: ${width} x ${height} in ${data.length} bytes`);
      }
    } catch (error) {
      const named =
        error instanceof DataError && error.message.startsWith(`${where}: cannot be read as an image: `);
      if (!named) wrong.push(`${where}: ${String(error)}`);
    }
    slowestMs = Math.max(slowestMs, performance.now() - start);
  }
  const grown = process.memoryUsage().rss - before;
  return { decoded, refused: count - decoded, slowestMs, grown, wrong };
}
