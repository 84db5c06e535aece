import * as fc from "fast-check";
import { expect, test } from "vitest";
import { paintRange, tokenBackground } from "./token-paint.ts";

test("unsigned numbers run from pale to full in the hue of the advantage's sign", () => {
  const paint = { values: [1, 2, 3, null, Number.NaN], isSigned: false, sign: -1 };
  const range = paintRange(paint);
  expect(range).toEqual({ low: 1, high: 3 });
  expect([0, 1, 2, 3, 4].map((place) => tokenBackground(paint, range, place))).toEqual([
    "rgb(var(--minus) / 0.050)",
    "rgb(var(--minus) / 0.385)",
    "rgb(var(--minus) / 0.720)",
    "",
    "",
  ]);
});

test("signed numbers diverge from zero, as strong on either side", () => {
  const paint = { values: [-2, 0, 1], isSigned: true, sign: 0 };
  const range = paintRange(paint);
  expect(range).toEqual({ low: -2, high: 2 });
  expect([0, 1, 2].map((place) => tokenBackground(paint, range, place))).toEqual([
    "rgb(var(--minus) / 0.720)",
    "rgb(var(--plain) / 0.000)",
    "rgb(var(--plus) / 0.360)",
  ]);
});

test("no numbers, and equal numbers, are painted without a division by zero", () => {
  expect(paintRange({ values: [], isSigned: false, sign: 0 })).toEqual({ low: 0, high: 0 });
  const equal = { values: [2, 2], isSigned: false, sign: 1 };
  expect(tokenBackground(equal, paintRange(equal), 0)).toBe("rgb(var(--plus) / 0.385)");
});

test("strength is a share for any numbers", () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ noNaN: true, min: -1e9, max: 1e9 }), { minLength: 1 }),
      fc.boolean(),
      (values, isSigned) => {
        const paint = { values, isSigned, sign: 1 };
        const range = paintRange(paint);
        for (let place = 0; place < values.length; place++) {
          const [, strength] = / ([\d.]+)\)$/.exec(tokenBackground(paint, range, place)) ?? [];
          expect(Number(strength)).toBeGreaterThanOrEqual(0);
          expect(Number(strength)).toBeLessThanOrEqual(0.72);
        }
      },
    ),
  );
});
