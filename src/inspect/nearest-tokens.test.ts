import { expect, test } from "vitest";
import { nearestTokens } from "./nearest-tokens.ts";

test("three rows at 0, 60 and 90 degrees, by hand", () => {
  const angles = [0, Math.PI / 3, Math.PI / 2];
  const sizes = [1, 2, 3];
  const gram = angles.flatMap((a, s) => angles.map((b, t) => sizes[s]! * sizes[t]! * Math.cos(a - b)));
  const near = nearestTokens(gram, 3);
  expect(near.map((row) => row.map(({ token }) => token))).toEqual([
    [1, 2],
    [2, 0],
    [1, 0],
  ]);
  expect(near[1]?.map(({ cosine }) => cosine)).toBeAllclose([Math.sqrt(3) / 2, 0.5], { rtol: 1e-5 });
});

test("a row without attention is near to none, and no more are named than asked for", () => {
  expect(nearestTokens([0, 0, 0, 1], 2)[0]).toEqual([{ token: 1, cosine: 0 }]);
  expect(nearestTokens(new Float64Array(100).fill(1), 10, 3).every((row) => row.length === 3)).toBe(true);
});
