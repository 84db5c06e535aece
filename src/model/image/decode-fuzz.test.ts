import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { DataError } from "../../errors/index.ts";
import { Rng } from "../../math/index.ts";
import { decodeImage } from "./decode.ts";

const FILES = 2400;
const MAX_PIXELS = 250_000;
const folder = new URL("../../../fixtures/images/files/", import.meta.url).pathname;
const originals = readdirSync(folder).map((name) => readFileSync(`${folder}${name}`));

/** A file with one thing wrong with it. */
function mutate(file: Buffer, other: Buffer, rng: Rng): Buffer {
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
      // The header is where sizes, depths and offsets stand.
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

test(`${FILES} damaged files of every format end in pixels or a DataError, within bounds`, async () => {
  const rng = new Rng(20261);
  const before = process.memoryUsage().rss;
  let refused = 0;
  for (let i = 0; i < FILES; i++) {
    const file = mutate(originals[i % originals.length]!, originals[rng.integer(originals.length)]!, rng);
    try {
      const { width, height, data } = await decodeImage(file, { maxPixels: MAX_PIXELS, where: `file ${i}` });
      expect(width * height).toBeLessThanOrEqual(MAX_PIXELS);
      expect(data).toHaveLength(width * height * 3);
    } catch (error) {
      expect(error, `file ${i}`).toBeInstanceOf(DataError);
      expect((error as DataError).message).toContain(`file ${i}: `);
      refused++;
    }
  }
  expect(refused).toBeGreaterThan(FILES / 4);
  expect(refused).toBeLessThan(FILES);
  expect(process.memoryUsage().rss - before).toBeLessThan(600 * 2 ** 20);
});
