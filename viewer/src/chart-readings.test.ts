import { expect, test } from "vitest";
import { type ChartLine, lineName, readingAt } from "./chart-readings.ts";

const line: ChartLine = { name: "a", place: 0, x: [1, 2, 3, 5], y: [1, 3, null, 4], every: 1 };
const none = { smooth: null, from: null, count: null };

test("the value is the recorded one, with the smoothed beside it", () => {
  expect(readingAt(line, 0)).toEqual({ ...none, value: 4 });
  expect(readingAt(line, 0.5, 2)).toEqual({ ...none, value: 3, smooth: (0.25 * 1 + 0.5 * 3) / 0.75 });
  expect(readingAt({ ...line, isExact: true }, 0.5, 2)).toEqual({ ...none, value: 3 });
});

test("an older value says where it is from; beyond the ends of a line there is none", () => {
  expect(readingAt(line, 0, 4)).toEqual({ ...none, value: 3, from: 2 });
  expect(readingAt(line, 0, 6)).toBeUndefined();
  expect(readingAt(line, 0, 0)).toBeUndefined();
  expect(readingAt({ ...line, y: [null, null, null, null] }, 0.5)).toBeUndefined();
});

test("an iteration of the same bucket is the same place", () => {
  const wide = { ...line, x: [4, 7], y: [1, 2], every: 4 };
  expect(readingAt(wide, 0, 8)).toEqual({ ...none, value: 2 });
  expect(readingAt(wide, 0, 9)).toBeUndefined();
});

test("the mean of a part of the runs says of how many", () => {
  const mean = { ...line, x: [1, 2], y: [1, null], rest: [null, 5], count: [3, 2], of: 3 };
  expect(readingAt(mean, 0, 1)?.count).toBeNull();
  expect(readingAt(mean, 0)).toEqual({ ...none, value: 5, count: 2 });
  // Smoothing begins again with them.
  expect(readingAt(mean, 0.9)?.smooth).toBeCloseTo(5, 12);
});

test("one of several curves of a run is named", () => {
  expect([lineName(line), lineName({ ...line, label: "validation" })]).toEqual(["a", "validation, a"]);
});
