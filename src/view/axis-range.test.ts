import { describe, expect, test } from "vitest";
import { axisRange } from "./axis-range.ts";

describe("axisRange", () => {
  test("one per cent is a tenth of an axis of shares, and the axis stays within 0 and 100 %", () => {
    expect(axisRange(0.5, 0.51, true)).toBeAllclose([0.455, 0.555]);
    expect(axisRange(0.99, 1, true)).toBeAllclose([0.9, 1]);
    expect(axisRange(0, 0.01, true)).toBeAllclose([0, 0.1]);
  });

  test("of other values a tenth of the greatest is the least span", () => {
    expect(axisRange(0.9999, 1.0001, false)).toBeAllclose([0.949995, 1.050005]);
    expect(axisRange(-2e-9, 1e-9, false)).toBeAllclose([-2.18e-9, 1.18e-9]);
  });

  test("wide curves have their range and a margin", () => {
    expect(axisRange(1, 3, false)).toBeAllclose([0.88, 3.12]);
    expect(axisRange(0.2, 0.8, true)).toBeAllclose([0.164, 0.836]);
    expect(axisRange(-1, 1, false)).toBeAllclose([-1.12, 1.12]);
  });

  test("a curve of zeros, and none at all, have an axis too", () => {
    expect(axisRange(0, 0, false)).toEqual([0, 1]);
    expect(axisRange(0, 0, true)).toBeAllclose([0, 0.1]);
    expect(axisRange(null, null, true)).toEqual([0, 1]);
  });
});
