import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { attentionDivergence, attentionSharpness } from "./attention-measures.ts";

/** Numbers that a scale of 0.1 changes by that factor: below the smallest normal number it would round them to 0. */
const weight = fc.double({ min: 0, max: 1, noNaN: true }).filter((value) => value === 0 || value > 1e-300);
const weights = fc.array(weight, { minLength: 1, maxLength: 12 });

describe("attentionSharpness", () => {
  test("is 0 for uniform attention, 1 on one key, and what the entropy says between", () => {
    expect(attentionSharpness([2, 2, 2, 2])).toBeCloseTo(0, 12);
    expect(attentionSharpness([0, 3, 0, 0])).toBe(1);
    expect(attentionSharpness([1, 1, 0, 0])).toBeCloseTo(0.5, 12);
  });

  test("lies in [0, 1] and does not depend on the scale", () => {
    fc.assert(
      fc.property(weights, fc.double({ min: 0.1, max: 9, noNaN: true }), (row, scale) => {
        const sharpness = attentionSharpness(row);
        expect(sharpness).toBeGreaterThanOrEqual(0);
        expect(sharpness).toBeLessThanOrEqual(1);
        expect(attentionSharpness(row.map((value) => value * scale))).toBeCloseTo(sharpness, 9);
      }),
    );
  });

  test("is 0 without mass, without keys and for one key", () => {
    expect([[0, 0], [], [0.3]].map(attentionSharpness)).toEqual([0, 0, 0]);
  });
});

describe("attentionDivergence", () => {
  test("is the KL divergence of rows scaled to sum 1", () => {
    expect(attentionDivergence([1, 1], [2, 2])).toBeCloseTo(0, 15);
    expect(attentionDivergence([1, 0], [1, 3])).toBeCloseTo(Math.log(4), 12);
    expect(attentionDivergence([1, 1], [1, 3])).toBeCloseTo(0.5 * Math.log(2) + 0.5 * Math.log(2 / 3), 12);
  });

  test("ignores keys that only the newer row has, except for their share of the mass", () => {
    expect(attentionDivergence([1, 1, 0], [1, 1, 2])).toBeCloseTo(Math.log(2), 12);
  });

  test("is never negative and always finite", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(9), fc.nat(9)), { minLength: 1, maxLength: 9 }), (pairs) => {
        const divergence = attentionDivergence(
          pairs.map(([before]) => before),
          pairs.map(([, now]) => now),
        );
        expect(divergence).toBeGreaterThanOrEqual(0);
        expect(divergence).toBeLessThan(Infinity);
      }),
    );
    expect(attentionDivergence([0, 0], [1, 1])).toBe(0);
    expect(attentionDivergence([1, 1], [0, 0])).toBe(0);
  });
});
