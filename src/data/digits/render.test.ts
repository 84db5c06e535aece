import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Rng } from "../../math/index.ts";
import { inkAt, renderWorld } from "./render.ts";
import { digitScans, parseScans } from "./scans.ts";
import type { DigitsTruth } from "./world.ts";

/** One scan: full ink at row 3, column 4, blank elsewhere. */
const dot = parseScans(
  Uint8Array.from({ length: 65 }, (_, i) => (i === 3 * 8 + 4 ? 16 : 0)),
  "dot",
);

const truth: DigitsTruth = {
  canvas: { width: 56, height: 28 },
  rows: 1,
  columns: 2,
  paper: 0.2,
  noise: 0,
  digits: [{ value: 0, scan: 0, row: 0, column: 1, box: { x: 40, y: 2, side: 16 }, ink: 0.8 }],
  question: { kind: "largest" },
  needed: [0],
  answer: "0",
  trace: "",
};

describe("inkAt", () => {
  test("is the scan at pixel centres, and bilinear between them", () => {
    expect(inkAt(dot, 0, 4, 3)).toBe(1);
    expect(inkAt(dot, 0, 3.5, 3)).toBe(0.5);
    expect(inkAt(dot, 0, 4.25, 3.5)).toBe(0.375);
    expect(inkAt(dot, 0, 5, 3)).toBe(0);
  });

  test("fades to blank paper beyond the edge", () => {
    const full = parseScans(
      Uint8Array.from({ length: 65 }, (_, i) => (i < 64 ? 16 : 0)),
      "full",
    );
    expect([
      inkAt(full, 0, 0, 0),
      inkAt(full, 0, -0.5, 0),
      inkAt(full, 0, -1, 0),
      inkAt(full, 0, 7.5, 7.5),
    ]).toEqual([1, 0.5, 0, 0.25]);
  });

  test("lies between 0 and 1 and reproduces every scan", () => {
    const scans = digitScans();
    const place = fc.double({ min: -2, max: 9, noNaN: true });
    fc.assert(
      fc.property(fc.nat(scans.count - 1), place, place, fc.nat(7), fc.nat(7), (scan, u, v, i, j) => {
        const ink = inkAt(scans, scan, u, v);
        expect(ink >= 0 && ink <= 1).toBe(true);
        expect(inkAt(scans, scan, i, j)).toBe(scans.pixels[scan * 64 + j * 8 + i]! / 16);
      }),
    );
  });
});

describe("renderWorld", () => {
  const image = renderWorld(truth, dot, new Rng(1));
  const grey = (x: number, y: number) => [...image.data.subarray(3 * (y * 56 + x), 3 * (y * 56 + x) + 3)];

  test("a scan twice as large covers two pixels a side, with ink between paper and full", () => {
    expect(image).toMatchObject({ width: 56, height: 28 });
    // Pixel 8 of the box samples the scan at (8.5 / 2 − 0.5) = 3.75, row 6 at 2.75: 0.75² of the dot.
    const level = Math.round(255 * (0.2 + 0.6 * 0.75 ** 2));
    for (const [x, y] of [
      [8, 6],
      [9, 6],
      [8, 7],
      [9, 7],
    ] as const) {
      expect(grey(40 + x, 2 + y)).toEqual([level, level, level]);
    }
    expect(grey(0, 0)).toEqual([51, 51, 51]);
    expect(grey(40 + 11, 2 + 6)).toEqual([51, 51, 51]);
  });

  test("noise has the asked strength, is clipped, and is the same for the same generator", () => {
    const noisy = { ...truth, paper: 0.5, noise: 0.08, canvas: { width: 112, height: 112 }, digits: [] };
    const { data } = renderWorld(noisy, dot, new Rng(2));
    const levels = Array.from({ length: 112 * 112 }, (_, i) => data[3 * i]! / 255);
    const mean = levels.reduce((a, b) => a + b) / levels.length;
    const deviation = Math.sqrt(levels.reduce((sum, level) => sum + (level - mean) ** 2, 0) / levels.length);
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.003);
    expect(Math.abs(deviation - 0.08)).toBeLessThan(0.003);
    expect(renderWorld(noisy, dot, new Rng(2)).data).toEqual(data);
    expect(renderWorld(noisy, dot, new Rng(3)).data).not.toEqual(data);
    const dark = renderWorld({ ...noisy, paper: 0 }, dot, new Rng(2)).data;
    expect(dark.filter((level) => level === 0).length / dark.length).toBeGreaterThan(0.45);
  });
});
