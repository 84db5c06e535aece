import { expect, test } from "vitest";
import { Rng } from "../../math/index.ts";
import { decodeDamaged } from "../../testing/damaged-images.ts";

test.each([".png", ".jpg", ".webp", ".gif", ".tif", ".bmp", ".ppm"])(
  "2,000 damaged %s files end in pixels or a DataError, soon and in bounded memory",
  async (ending) => {
    const report = await decodeDamaged(ending, 2000, new Rng(7));
    expect(report.wrong).toEqual([]);
    expect(report.refused).toBeGreaterThan(300);
    // PNG has checksums, so little of what is damaged there can be decoded.
    expect(report.decoded).toBeGreaterThan(10);
    expect(report.slowestMs).toBeLessThan(10_000);
    expect(report.grown).toBeLessThan(600 * 2 ** 20);
  },
);
