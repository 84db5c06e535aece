import { expect, test } from "vitest";
import { joinParts, takeApart } from "./token-parts.ts";

test("parts of two rows are put side by side, and are split again", () => {
  const parts: [Float32Array, ...Float32Array[]] = [
    Float32Array.of(1, 2, 3, 4),
    Float32Array.of(5, 6, 7, 8),
    Float32Array.of(9, 10, 11, 12),
  ];
  const joined = joinParts(parts, 2);
  expect([...joined]).toEqual([1, 2, 5, 6, 9, 10, 3, 4, 7, 8, 11, 12]);
  expect(takeApart(joined, 2, 2)).toEqual(parts);
});

test("a single part is itself", () => {
  const only = Float32Array.of(1, 2);
  expect(joinParts([only], 1)).toBe(only);
  expect(takeApart(only, 1, 2)).toEqual([only]);
});
