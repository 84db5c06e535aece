import { expect, test } from "vitest";

const floats = (...values: number[]) => Float64Array.from(values);

test("typed arrays are equal when each number is, alone and within other values", () => {
  expect(floats(1, Number.NaN, -0)).toEqual(floats(1, Number.NaN, -0));
  expect({ weights: [floats(1, 2)] }).toStrictEqual({ weights: [floats(1, 2)] });
  expect(Buffer.from("abc")).toEqual(Buffer.from("abc"));
});

test.each([
  ["a number", floats(1, 2), floats(1, 3)],
  ["the sign of zero", floats(0), floats(-0)],
  ["the length", floats(1), floats(1, 1)],
  ["the class", floats(1), Float32Array.of(1)],
])("they differ by %s", (_, a, b) => {
  expect(a).not.toEqual(b);
  expect(() => expect([a]).toEqual([b])).toThrow(/expected .* to deeply equal/);
});
