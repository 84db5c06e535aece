import { expect, test } from "vitest";
import { Rng } from "../../math/index.ts";
import { decodeDamaged } from "../../testing/damaged-images.ts";

test("600 damaged files of all formats end in pixels or a DataError, soon and in bounded memory", async () => {
  const report = await decodeDamaged("", 600, new Rng(20261));
  expect(report.wrong).toEqual([]);
  expect(report.refused).toBeGreaterThan(150);
  expect(report.decoded).toBeGreaterThan(50);
  expect(report.slowestMs).toBeLessThan(10_000);
  expect(report.grown).toBeLessThan(600 * 2 ** 20);
});
