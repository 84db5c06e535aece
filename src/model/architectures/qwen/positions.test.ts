import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ImageGrid } from "../../image/image-grid.ts";
import { visionPositions } from "./graphs/vision-positions.ts";
import { windowLayout } from "./graphs/windows.ts";
import { mergedTokens, ropePositions as positionsOf, type RopeSegment } from "./positions.ts";

interface Fixture {
  readonly rope: { layout: (number | ImageGrid)[]; ids: [number[], number[], number[]]; next: number }[];
  readonly windows: {
    grid: ImageGrid;
    window: number;
    patch: number;
    merge: number;
    order: number[];
    windows: number[];
  }[];
  readonly vision: { grid: ImageGrid; row: number[]; column: number[] }[];
}

const file = new URL("../../../../fixtures/model-files/positions.json", import.meta.url);
const fixture: Fixture = JSON.parse(readFileSync(file, "utf8"));

function segments(layout: readonly (number | ImageGrid)[]): RopeSegment[] {
  return layout.map((part) =>
    typeof part === "number" ? { kind: "text", length: part } : { kind: "image", grid: part },
  );
}

function ropePositions(layout: readonly RopeSegment[], merge: number) {
  const { components, next } = positionsOf(layout, merge);
  const [time, height, width] = components as [Int32Array, Int32Array, Int32Array];
  return { time, height, width, next };
}

const evenGrid = fc
  .tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 12 }))
  .map(([rows, columns]): ImageGrid => [1, 2 * rows, 2 * columns]);

describe("ropePositions", () => {
  test("two words, an image of 2 x 3 tokens, a word", () => {
    const { time, height, width, next } = ropePositions(segments([2, [1, 4, 6], 1]), 2);
    expect([...time]).toEqual([0, 1, 2, 2, 2, 2, 2, 2, 5]);
    expect([...height]).toEqual([0, 1, 2, 2, 2, 3, 3, 3, 5]);
    expect([...width]).toEqual([0, 1, 2, 3, 4, 2, 3, 4, 5]);
    expect(next).toBe(6);
  });

  test.each(fixture.rope)("equals transformers for $layout", ({ layout, ids, next }) => {
    const positions = ropePositions(segments(layout), 2);
    expect([...positions.time]).toEqual(ids[0]);
    expect([...positions.height]).toEqual(ids[1]);
    expect([...positions.width]).toEqual(ids[2]);
    expect(positions.next).toBe(next);
  });

  test("a later segment is positioned as if the earlier segments were text up to it", () => {
    fc.assert(
      fc.property(evenGrid, evenGrid, fc.integer({ min: 0, max: 9 }), (first, second, words) => {
        const before = ropePositions(segments([first, words]), 2);
        const both = ropePositions(segments([first, words, second]), 2);
        const after = ropePositions(segments([before.next, second]), 2);
        const from = before.time.length;
        expect([...both.height.slice(from)]).toEqual([...after.height.slice(before.next)]);
        expect([...both.width.slice(from)]).toEqual([...after.width.slice(before.next)]);
        expect(both.next).toBe(after.next);
      }),
    );
  });
});

describe("windowLayout", () => {
  test("an image of 3 x 3 units in windows of 2 x 2", () => {
    const { order, windows } = windowLayout([1, 6, 6], {
      windowSize: 56,
      patchSize: 14,
      spatialMergeSize: 2,
    });
    expect([...order]).toEqual([0, 1, 3, 4, 2, 5, 6, 7, 8]);
    expect([...windows]).toEqual([4, 2, 2, 1]);
  });

  test.each(fixture.windows)("equals transformers for $grid, window $window, patch $patch", (entry) => {
    const { grid, window, patch, merge } = entry;
    const config = { windowSize: window, patchSize: patch, spatialMergeSize: merge };
    const { order, windows } = windowLayout(grid, config);
    expect([...order]).toEqual(entry.order);
    expect([...windows]).toEqual(entry.windows);
  });

  test("is a permutation of the units, and the windows cover it", () => {
    fc.assert(
      fc.property(evenGrid, fc.integer({ min: 1, max: 5 }), (grid, side) => {
        const config = { windowSize: side * 28, patchSize: 14, spatialMergeSize: 2 };
        const { order, windows } = windowLayout(grid, config);
        const sorted = [...order].sort((a, b) => a - b);
        expect(sorted).toEqual(Array.from({ length: mergedTokens(grid, 2) }, (_, i) => i));
        expect(windows.reduce((sum, size) => sum + size, 0)).toBe(order.length);
        expect(windows.every((size) => size >= 1 && size <= side * side)).toBe(true);
      }),
    );
  });
});

describe("visionPositions", () => {
  test("patches go by blocks of 2 x 2", () => {
    const { row, column } = visionPositions([1, 2, 4], 2);
    expect([...row]).toEqual([0, 0, 1, 1, 0, 0, 1, 1]);
    expect([...column]).toEqual([0, 1, 0, 1, 2, 3, 2, 3]);
  });

  test.each(fixture.vision)("equals transformers for $grid", ({ grid, row, column }) => {
    const positions = visionPositions(grid, 2);
    expect([...positions.row]).toEqual(row);
    expect([...positions.column]).toEqual(column);
  });
});
