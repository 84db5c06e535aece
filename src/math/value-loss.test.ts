import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { clippedValueLoss } from "./value-loss.ts";

const number = fc.double({ min: -2, max: 2, noNaN: true });

describe("clippedValueLoss", () => {
  test("is half the squared error inside the bound", () => {
    expect(clippedValueLoss(0.5, 0.4, 1, 0.2)).toEqual({ value: 0.125, derivative: -0.5, isClipped: false });
  });

  test("beyond the bound it is the larger of both errors: a move towards the target is held", () => {
    const held = clippedValueLoss(0.5, 0, 1, 0.2);
    expect(held.value).toBeCloseTo(0.32, 12);
    expect(held).toMatchObject({ derivative: 0, isClipped: true });
    expect(clippedValueLoss(1, 0, 0.25, 0.2)).toEqual({ value: 0.28125, derivative: 0.75, isClipped: false });
  });

  test("without bound it is the squared error", () => {
    expect(clippedValueLoss(5, 0, 1, Infinity)).toEqual({ value: 8, derivative: 4, isClipped: false });
  });

  test("is never below the squared error, and its derivative is that of central differences", () => {
    fc.assert(
      fc.property(
        number,
        number,
        number,
        fc.double({ min: 0.01, max: 1, noNaN: true }),
        (v, old, target, clip) => {
          const found = clippedValueLoss(v, old, target, clip);
          expect(found.value).toBeGreaterThanOrEqual((v - target) ** 2 / 2);
          const step = 1e-6;
          const at = (value: number) => clippedValueLoss(value, old, target, clip);
          fc.pre(at(v + step).isClipped === at(v - step).isClipped);
          fc.pre(Math.abs(Math.abs(v - old) - clip) > 2 * step);
          expect((at(v + step).value - at(v - step).value) / (2 * step)).toBeCloseTo(found.derivative, 6);
        },
      ),
    );
  });
});
