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
  ["dials", dialGlyphs(), "5632256059623f80cbae07896b64ed38945d73d25a0778a0a83fb3c0d5505f96"],
])("%s", (_, glyphs, sha256) => {
  test("are 1,800 pictures, 180 of each value, all with ink, hardly any alike", () => {
    expect(glyphs).toMatchObject({ side: 20, count: 1800 });
    for (let value = 0; value < 10; value++) expect(of(glyphs, value)).toHaveLength(180);
    expect(glyphs.pixels.every((ink) => ink <= FULL_INK)).toBe(true);
    const seen = new Set<string>();
    for (let i = 0; i < glyphs.count; i++) {
      expect(Math.max(...picture(glyphs, i))).toBeGreaterThanOrEqual(8);
      seen.add(picture(glyphs, i).join());
    }
    expect(seen.size).toBeGreaterThan(1780);
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

test("a dial is filled from the top, clockwise, to where its value says", () => {
  const glyphs = dialGlyphs();
  for (let i = 0; i < 300; i++) {
    const level = (glyphs.labels[i]! + 0.5) / 10;
    picture(glyphs, i).forEach((ink, p) => {
      const [x, y] = [(p % glyphs.side) - 9.5, Math.floor(p / glyphs.side) - 9.5];
      const distance = Math.hypot(x, y) / glyphs.side;
      const turn = (Math.atan2(x, -y) / (2 * Math.PI) + 1) % 1;
      // Within the ring, outside of what the rim leaves blank, and not at an edge of the fill.
      if (distance < 0.28 || distance > 0.32) return;
      if (Math.min(Math.abs(turn - level), turn, 1 - turn) < 0.05) return;
      if (turn < level) expect(ink).toBeGreaterThanOrEqual(6);
      else expect(ink).toBe(0);
    });
  }
});

test("marks are two pictures that no split has", () => {
  expect(markGlyphs().count).toBe(2);
  expect(picture(markGlyphs(), 0).join()).not.toBe(picture(markGlyphs(), 1).join());
});
