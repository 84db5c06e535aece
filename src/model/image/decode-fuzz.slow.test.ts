import { expect, test } from "vitest";
import { Rng } from "../../math/index.ts";
import { decodeDamaged } from "../../testing/damaged-images.ts";

/** `npm run torture` damages more of each. */
const FILES = Number(process.env["FOVEA_FUZZ"] ?? 2000);

test.each([".png", ".jpg", ".webp", ".gif", ".tif", ".bmp", ".ppm"])(
  `${FILES} damaged %s files end in pixels or a DataError, soon and in bounded memory`,
  async (ending) => {
    const report = await decodeDamaged(ending, FILES, new Rng(7));
    expect(report.wrong).toEqual([]);
    expect(report.refused).toBeGreaterThan(0.15 * FILES);
    // PNG has checksums, so little of what is damaged there can be decoded.
    expect(report.decoded).toBeGreaterThan(FILES / 200);
    expect(report.slowestMs).toBeLessThan(10_000);
    expect(report.grown).toBeLessThan(600 * 2 ** 20);
  },
);
