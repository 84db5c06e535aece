import { expect, test } from "vitest";
import { clipState, curveOf, pushOf } from "./token-ratio.ts";

const clip = { clipLow: 0.2, clipHigh: 0.28 };

test("an advantage that is not known is no advantage of 0", () => {
  expect(pushOf(2, null)).toBeUndefined();
  expect(pushOf(undefined, 1)).toBeUndefined();
  expect(pushOf(2, -0.5)).toBe(-1);
  expect(curveOf(1.1, null, clip)).toBeUndefined();
  expect(clipState(1.1, null, clip)).toBe("the advantage is not known");
  expect(clipState(1.1, 0, clip)).toBe("no advantage, so no push");
});

test("without bounds of the token's own ratio nothing is said of a clip, and no curve is drawn", () => {
  expect(clipState(1.1, 1, null)).toBe("");
  expect(curveOf(1.1, 1, null)).toBeUndefined();
});

test("a ratio beyond a bound is held by it", () => {
  expect(clipState(1.3, 1, clip)).toBe("held by the upper bound");
  expect(clipState(1.3, -1, clip)).toBe("not clipped");
  expect(clipState(0.7, -1, clip)).toBe("held by the lower bound");
  expect(clipState(4, -1, { ...clip, dualClip: 3 })).toBe("held by the dual-clip bound");
  expect(curveOf(1.3, 1, clip)).toEqual({ ratio: 1.3, advantage: 1, ...clip });
});
