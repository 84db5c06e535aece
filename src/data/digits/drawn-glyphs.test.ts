import { describe, expect, test } from "vitest";
import { SPLITS } from "../task.ts";
import { dialGlyphs, gaugeGlyphs, markGlyphs } from "./drawn-glyphs.ts";
import { FULL_INK, type Glyphs } from "./glyphs.ts";
import { splitScans, warmStartScans } from "./split.ts";

const area = ({ side }: Glyphs) => side * side;
const picture = (glyphs: Glyphs, i: number) =>
  glyphs.pixels.subarray(i * area(glyphs), (i + 1) * area(glyphs));
const of = (glyphs: Glyphs, value: number) =>
  Array.from({ length: glyphs.count }, (_, i) => i).filter((i) => glyphs.labels[i] === value);

describe.each([
  ["gauges", gaugeGlyphs(), "2d3e62486233df0955dfd095843934be6c36ff1f3dae2926b165f8aaaba401af"],
  ["dials", dialGlyphs(), "8fe4222c866ee2174103c0ef1965c6c2202fdf74cabb5e19c2b7e2a9c72d6eb0"],
])("%s", (_, glyphs, sha256) => {
  test("are 1,800 pictures, 180 of each value, all with ink, none alike", () => {
    expect(glyphs).toMatchObject({ side: 20, count: 1800 });
    for (let value = 0; value < 10; value++) expect(of(glyphs, value)).toHaveLength(180);
    expect(glyphs.pixels.every((ink) => ink <= FULL_INK)).toBe(true);
    const seen = new Set<string>();
    for (let i = 0; i < glyphs.count; i++) {
      expect(Math.max(...picture(glyphs, i))).toBeGreaterThanOrEqual(8);
      seen.add(picture(glyphs, i).join());
    }
    expect(seen.size).toBe(1800);
  });

  test("never change, or old results would have been of other pictures", () => {
    expect(glyphs.sha256).toBe(sha256);
  });

  test("part into splits of balanced values, and a warm start is a part of training", () => {
    const all = SPLITS.flatMap((split) => splitScans(split, glyphs));
    expect(new Set(all).size).toBe(1800);
    expect(splitScans("train", glyphs)).toHaveLength(1200);
    const few = warmStartScans(30, 2, glyphs);
    expect(few.every((i) => splitScans("train", glyphs).includes(i))).toBe(true);
    for (let value = 0; value < 10; value++) {
      expect(few.filter((i) => glyphs.labels[i] === value)).toHaveLength(3);
    }
  });
});

test("a gauge of a greater value has its brightest row of fill higher up", () => {
  const glyphs = gaugeGlyphs();
  /** First row, from the top, whose brightest pixel is that of the fill. */
  const level = (i: number) => {
    const pixels = picture(glyphs, i);
    const brightest = Math.max(...pixels);
    return Math.floor(pixels.indexOf(brightest) / glyphs.side);
  };
  for (let value = 1; value < 10; value++) {
    const [lower, higher] = [of(glyphs, value - 1), of(glyphs, value)].map(
      (own) => own.reduce((sum, i) => sum + level(i), 0) / own.length,
    );
    expect(higher).toBeLessThan(lower!);
  }
});

test("a dial's hand points where its value says, clockwise from the top", () => {
  const glyphs = dialGlyphs();
  for (let i = 0; i < 200; i++) {
    let [x, y] = [0, 0];
    picture(glyphs, i).forEach((ink, p) => {
      // The hand is the brightest; ring and mark are even about the centre, or fainter.
      if (ink < 10) return;
      x += (p % glyphs.side) - 9.5;
      y += Math.floor(p / glyphs.side) - 9.5;
    });
    const turn = (Math.atan2(x, -y) / (2 * Math.PI) + 1) % 1;
    const off = Math.abs(((turn - glyphs.labels[i]! / 10 + 1.5) % 1) - 0.5);
    expect(off).toBeLessThan(0.04);
  }
});

test("marks are two pictures that no split has", () => {
  expect(markGlyphs().count).toBe(2);
  expect(picture(markGlyphs(), 0).join()).not.toBe(picture(markGlyphs(), 1).join());
});
