import { expect, test } from "vitest";
import { overPicture } from "./token-grid.ts";

test("an image that is not cut keeps its grid", () => {
  const grid = { frames: 1, rows: 2, columns: 1 };
  expect(overPicture([3, 4], grid)).toEqual({ rows: 2, columns: 1, values: [3, 4] });
});

test("tiles lie beside each other, and the whole image is spread over them", () => {
  const grid = { frames: 3, rows: 2, columns: 2, tiles: { rows: 1, columns: 2 } };
  const values = [1, 2, 3, 4, 10, 20, 30, 40, 100, 200, 300, 400];
  const laid = overPicture(values, grid);
  // the whole's left column covers the left tile, its right column the right one
  expect(laid).toEqual({ rows: 2, columns: 4, values: [51, 52, 110, 120, 153, 154, 230, 240] });
  const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);
  expect(sum(laid.values)).toBe(sum(values));
});

test("tiles above each other", () => {
  const grid = { frames: 3, rows: 2, columns: 1, tiles: { rows: 2, columns: 1 } };
  expect(overPicture([1, 2, 3, 4, 10, 20], grid)).toEqual({
    rows: 4,
    columns: 1,
    values: [6, 7, 13, 14],
  });
});
