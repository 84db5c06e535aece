import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { NumericError } from "../../../errors/index.ts";
import { normalProbability, normalQuantile } from "./normal.ts";
import { studentProbability, studentQuantile } from "./student-t.ts";

const level = fc.double({ min: 0.01, max: 0.99, noNaN: true });

describe("Student's t", () => {
  test.each([
    [0.975, 4, 2.7764451052],
    [0.995, 9, 3.2498355416],
    [0.9, 30, 1.3104150254],
    [0.975, 1000, 1.9623390808],
  ])("quantile %f with %i degrees of freedom is the table's", (probability, freedom, expected) => {
    expect(studentQuantile(probability, freedom)).toBeCloseTo(expected, 8);
  });

  test("has the closed forms of one and two degrees of freedom", () => {
    fc.assert(
      fc.property(level, (p) => {
        const one = Math.tan(Math.PI * (p - 0.5));
        const two = (2 * p - 1) / Math.sqrt(2 * p * (1 - p));
        expect([studentQuantile(p, 1), studentQuantile(p, 2)]).toBeAllclose([one, two], {
          rtol: 1e-9,
          atol: 1e-9,
        });
      }),
    );
  });

  test("quantile and probability undo each other, and tend to the normal", () => {
    fc.assert(
      fc.property(level, fc.integer({ min: 1, max: 200 }), (p, freedom) => {
        expect(studentProbability(studentQuantile(p, freedom), freedom)).toBeCloseTo(p, 10);
        expect(studentQuantile(p, 1e6)).toBeCloseTo(normalQuantile(p), 4);
      }),
    );
  });

  test("rejects impossible arguments", () => {
    expect(() => studentQuantile(1, 3)).toThrow(NumericError);
    expect(() => studentQuantile(0.5, 0)).toThrow(NumericError);
    expect(() => studentProbability(0, -1)).toThrow(NumericError);
    expect(() => studentQuantile(1e-200, 1)).toThrow("beyond 1e150");
  });
});

describe("the normal distribution", () => {
  test("has the table's quantiles", () => {
    expect(normalQuantile(0.975)).toBeCloseTo(1.9599639845, 9);
    expect(normalQuantile(0.005)).toBeCloseTo(-2.5758293035, 9);
    expect(normalQuantile(0.5)).toBe(0);
  });

  test("is Student's with infinite freedom, and has all probability between its ends", () => {
    expect(studentProbability(-1.3, Infinity)).toBe(normalProbability(-1.3));
    expect(studentQuantile(0.9, Infinity)).toBe(normalQuantile(0.9));
    // Near ½ the probability itself has no digits left: the quantile is its distance by the density, √(2π).
    const near = studentQuantile(0.5 - 2 ** -40, Infinity);
    expect(near * 2 ** 40).toBeCloseTo(-Math.sqrt(2 * Math.PI), 9);
    expect([-Infinity, -50, 50, Infinity].map(normalProbability)).toEqual([0, 0, 1, 1]);
  });

  test("quantile and probability undo each other", () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-12, max: 1 - 1e-12, noNaN: true }), (p) => {
        expect(normalProbability(normalQuantile(p))).toBeCloseTo(p, 13);
      }),
    );
  });

  test("rejects probabilities outside (0, 1)", () => {
    expect(() => normalQuantile(0)).toThrow(NumericError);
    expect(() => normalQuantile(Number.NaN)).toThrow(NumericError);
  });
});
