import { expect, test } from "vitest";
import { shownValue } from "./shown-value.ts";

test.each<[unknown, string]>([
  ["a".repeat(100), `"${"a".repeat(60)}"`],
  [[1, 2], "an array of 2"],
  [{ a: 1, b: 2 }, "an object with a, b"],
  [{}, "an object with nothing"],
  [new Uint8Array(1000), "1000 bytes"],
  [
    Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`k${i}`, i])),
    "an object with k0, k1, k2, k3, k4, k5, k6, k7 and 992 more",
  ],
  [null, "null"],
  [7, "7"],
])("a value of any size is shown in few words: %#", (value, shown) => {
  expect(shownValue(value)).toBe(shown);
});
