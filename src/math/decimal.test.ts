import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { NumericError } from "../errors/index.ts";
import { decimalCeiling, decimalProduct, decimalQuotient } from "./decimal.ts";

describe("decimalCeiling", () => {
  test.each([
    [0.28, 25, 7],
    [0.07, 100, 7],
    [0.55, 100, 55],
    [0.14, 50, 7],
    [0.4, 5, 2],
    [0.4, 6, 3],
    [0.15, 7, 2],
    [0, 9, 0],
    [1, 9, 9],
    [1e-12, 4, 1],
    [5e-324, 4, 1],
    [0.3, 0, 0],
    [1.03, 100, 103],
  ])("⌈%f · %i⌉ is %i", (share, tokens, expected) => {
    expect(decimalCeiling(share, tokens)).toBe(expected);
  });

  test("is the ceiling in whole numbers for every share of up to four decimals", () => {
    fc.assert(
      fc.property(fc.nat(10_000), fc.nat(100_000), (parts, tokens) => {
        expect(decimalCeiling(parts / 10_000, tokens)).toBe(Math.ceil((parts * tokens) / 10_000));
      }),
    );
  });
});

describe("decimalProduct", () => {
  test("has a whole part and a rest", () => {
    expect(decimalProduct(0.28, 25)).toEqual({ whole: 7, rest: 0 });
    expect(decimalProduct(0.3, 5)).toEqual({ whole: 1, rest: 0.5 });
    expect(decimalProduct(1 / 3, 3).rest).toBeCloseTo(1, 12);
    expect(decimalProduct(2e21, 3)).toEqual({ whole: 6e21, rest: 0 });
    expect(decimalProduct(Number.MIN_VALUE, 1).rest).toBeGreaterThan(0);
  });

  test("adds up to the product in doubles, to rounding", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(1_000_000), (factor, count) => {
        const { whole, rest } = decimalProduct(factor, count);
        expect(rest).toBeGreaterThanOrEqual(0);
        expect(rest).toBeLessThan(1);
        expect(whole + rest).toBeCloseTo(factor * count, 8);
      }),
    );
  });

  test.each([
    [-0.1, 4],
    [Number.NaN, 4],
    [Infinity, 4],
    [0.5, -1],
    [0.5, 1.5],
  ])("rejects %f of %f", (factor, count) => {
    expect(() => decimalProduct(factor, count)).toThrow(NumericError);
  });
});

describe("decimalQuotient", () => {
  test.each([
    [33, 1.1, 30],
    [100, 10, 10],
    [109, 10, 10],
    [21, 4.2, 5],
    [20, 4.2, 4],
    [7, 1e3, 0],
  ])("⌊%i / %f⌋ is %i", (count, divisor, expected) => {
    expect(decimalQuotient(count, divisor)).toBe(expected);
  });

  test("is the floor in whole numbers for every divisor of two decimals", () => {
    fc.assert(
      fc.property(fc.nat(100_000), fc.integer({ min: 1, max: 5000 }), (count, parts) => {
        expect(decimalQuotient(count, parts / 100)).toBe(Math.floor((count * 100) / parts));
      }),
    );
  });

  test.each([
    [1, 0],
    [1, Infinity],
    [-1, 2],
  ])("rejects %f by %f", (count, divisor) => {
    expect(() => decimalQuotient(count, divisor)).toThrow(NumericError);
  });
});
