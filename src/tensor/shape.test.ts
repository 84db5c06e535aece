import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { broadcastAxes, broadcastShapes, elementCount, formatShape, isShape, sameShape } from "./shape.ts";

const shape = fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 4 });

describe("shapes", () => {
  test("a scalar has one element, and an empty axis none", () => {
    expect(elementCount([])).toBe(1);
    expect(elementCount([2, 3])).toBe(6);
    expect(elementCount([2, 0])).toBe(0);
  });

  test("sizes are whole numbers of at least 0", () => {
    expect([[], [0], [2, 3], [1.5], [-1], [Number.NaN]].map(isShape)).toEqual([
      true,
      true,
      true,
      false,
      false,
      false,
    ]);
  });

  test("are the same only with the same rank", () => {
    expect(sameShape([2, 3], [2, 3])).toBe(true);
    expect(sameShape([2, 3], [2])).toBe(false);
    expect(sameShape([2], [2, 3])).toBe(false);
  });

  test("are shown as lists", () => {
    expect([formatShape([]), formatShape([2, 3])]).toEqual(["[]", "[2, 3]"]);
  });
});

describe("broadcasting", () => {
  test.each([
    [[2, 3], [3], [2, 3]],
    [[2, 1], [3], [2, 3]],
    [[], [2], [2]],
    [
      [4, 1, 3],
      [2, 1],
      [4, 2, 3],
    ],
    [[1], [0], [0]],
  ])("%j with %j is %j", (a, b, expected) => {
    expect(broadcastShapes(a, b)).toEqual(expected);
    expect(broadcastShapes(b, a)).toEqual(expected);
  });

  test("sizes that differ and are not 1 do not fit", () => {
    expect(broadcastShapes([2, 3], [2])).toBeUndefined();
    expect(broadcastShapes([2], [0])).toBeUndefined();
  });

  test("the axes that a shape was broadcast along account for all the growth", () => {
    fc.assert(
      fc.property(shape, shape, (a, b) => {
        const full = broadcastShapes(a, b);
        fc.pre(full !== undefined);
        const repeats = broadcastAxes(a, full).map((axis) => full[axis]!);
        expect(elementCount(a) * elementCount(repeats)).toBe(elementCount(full));
      }),
    );
  });
});
