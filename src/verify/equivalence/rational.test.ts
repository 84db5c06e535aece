import { describe, expect, test } from "vitest";
import { degreeOf, exactValue } from "./exact.ts";
import { parseAnswer } from "./grammar.ts";
import {
  doubleOf,
  exactRoot,
  integerOf,
  negated,
  over,
  plus,
  powerOfTen,
  type Rational,
  rationalOf,
  reduced,
  sameRational,
  times,
} from "./rational.ts";

const fraction = (top: bigint, bottom = 1n): Rational => ({ top, bottom });

test.each<[string, Rational | undefined]>([
  ["12", fraction(12n)],
  ["012", fraction(12n)],
  ["12.50", fraction(1250n, 100n)],
  [".5", fraction(5n, 10n)],
  ["5.", fraction(5n)],
  ["1.5e3", fraction(1500n)],
  ["1.5E1", fraction(15n)],
  ["1.5e0", fraction(15n, 10n)],
  ["15e-1", fraction(15n, 10n)],
  ["1e+2", fraction(100n)],
  ["1e1000", fraction(10n ** 1000n)],
  ["1e-1000", fraction(1n, 10n ** 1000n)],
  ["1e1001", undefined],
  ["1e-1001", undefined],
  ["0.(3)", fraction(3n, 9n)],
  ["0.1(6)", fraction(15n, 90n)],
  ["1.2(34)", fraction(1222n, 990n)],
  [".", undefined],
  ["", undefined],
  ["e5", undefined],
  ["x", undefined],
  ["1x", undefined],
])("the numeral %j", (text, value) => {
  expect(rationalOf(text)).toEqual(value);
});

describe("a rational", () => {
  const [half, third] = [fraction(1n, 2n), fraction(1n, 3n)];

  test("is added, multiplied, divided and turned", () => {
    expect(plus(half, third)).toEqual(fraction(5n, 6n));
    expect(times(half, fraction(2n, 3n))).toEqual(fraction(2n, 6n));
    expect(over(half, third)).toEqual(fraction(3n, 2n));
    expect(over(half, fraction(-2n, 3n))).toEqual(fraction(-3n, 4n));
    expect(over(fraction(-1n, 2n), fraction(-2n, 3n))).toEqual(fraction(3n, 4n));
    expect(over(half, fraction(0n))).toBeUndefined();
    expect(negated(half)).toEqual(fraction(-1n, 2n));
    expect(sameRational(half, fraction(2n, 4n))).toBe(true);
    expect(sameRational(half, third)).toBe(false);
  });

  test("is reduced, with its sign above", () => {
    expect(reduced(fraction(4n, 6n))).toEqual(fraction(2n, 3n));
    expect(reduced(fraction(-4n, 6n))).toEqual(fraction(-2n, 3n));
    expect(reduced(fraction(6n, 3n))).toEqual(fraction(2n));
    expect(reduced(fraction(0n, 3n))).toEqual(fraction(0n));
    expect(reduced(fraction(5n, 7n))).toEqual(fraction(5n, 7n));
  });

  test("is an integer where nothing is left over and a double holds it", () => {
    expect(integerOf(fraction(6n, 3n))).toBe(2);
    expect(integerOf(fraction(-6n, 3n))).toBe(-2);
    expect(integerOf(fraction(7n, 3n))).toBeUndefined();
    expect(integerOf(fraction(2n ** 53n - 1n))).toBe(2 ** 53 - 1);
    expect(integerOf(fraction(2n ** 53n))).toBeUndefined();
  });

  test("is the nearest double, however long its parts are", () => {
    expect(doubleOf(half)).toBe(0.5);
    expect(doubleOf(fraction(0n, 3n))).toBe(0);
    expect(doubleOf(fraction(10n ** 400n, 10n ** 399n))).toBeCloseTo(10, 12);
    expect(doubleOf(fraction(-(10n ** 400n), 10n ** 399n))).toBeCloseTo(-10, 12);
    expect(doubleOf(fraction(10n ** 399n, 3n * 10n ** 399n))).toBeCloseTo(1 / 3, 12);
    expect(doubleOf(fraction(10n ** 400n))).toBeNaN();
    expect(doubleOf(fraction(1n, 10n ** 400n))).toBe(0);
  });

  test.each<[number, Rational | undefined]>([
    [0, fraction(1n)],
    [2, fraction(100n)],
    [-2, fraction(1n, 100n)],
    [1000, fraction(10n ** 1000n)],
    [-1000, fraction(1n, 10n ** 1000n)],
    [1001, undefined],
    [-1001, undefined],
    [0.5, undefined],
  ])("ten to the power %d", (exponent, value) => {
    expect(powerOfTen(exponent)).toEqual(value);
  });

  test.each<[Rational, number, Rational | undefined]>([
    [fraction(4n), 2, fraction(2n)],
    [fraction(4n, 9n), 2, fraction(2n, 3n)],
    [fraction(8n), 3, fraction(2n)],
    [fraction(-8n), 3, fraction(-2n)],
    [fraction(-8n, 27n), 3, fraction(-2n, 3n)],
    [fraction(-4n), 2, undefined],
    [fraction(-9n), 3, undefined],
    [fraction(5n), 2, undefined],
    [fraction(4n, 5n), 2, undefined],
    [fraction(0n), 2, fraction(0n)],
    [fraction(1n), 9, fraction(1n)],
    [fraction(3n ** 40n), 4, fraction(3n ** 10n)],
    [fraction(3n ** 40n + 1n), 4, undefined],
    [fraction(2n ** 9n), 9, fraction(2n)],
  ])("%o: its root of degree %d", (of, degree, root) => {
    expect(exactRoot(of, degree)).toEqual(root);
  });
});

test.each<[string, Rational | undefined]>([
  ["5", fraction(5n)],
  ["-5", fraction(-5n)],
  ["--5", fraction(5n)],
  ["3/4", fraction(3n, 4n)],
  ["-3/4", fraction(-3n, 4n)],
  ["3/-4", fraction(-3n, 4n)],
  ["3/0", undefined],
  ["1 1/2", fraction(3n, 2n)],
  ["2 \\times 10^3", fraction(2000n)],
  ["-2 \\times 10^{-3}", fraction(-2n, 1000n)],
  ["10^3", fraction(1000n)],
  ["10^{-3}", fraction(1n, 1000n)],
  ["10^{0.5}", undefined],
  ["9^3", undefined],
  ["2 \\times 9^3", undefined],
  ["2 \\times 10^3 \\times 10^3", undefined],
  ["2 \\times 3", undefined],
  ["2 + 3", undefined],
  ["\\sqrt{4}", fraction(2n)],
  ["\\sqrt[3]{8}", fraction(2n)],
  ["\\sqrt[3]{-8}", fraction(-2n)],
  ["\\sqrt{2}", undefined],
  ["\\sqrt[10]{1024}", undefined],
  ["\\sqrt[1]{5}", undefined],
  ["x", undefined],
])("the exact value of %j", (text, value) => {
  const found = exactValue(parseAnswer(text)!);
  expect(found && reduced(found)).toEqual(value && reduced(value));
});

test("a root has a degree from 2 to 9", () => {
  const degrees = ["1", "2", "9", "10", "x", "2.0"].map((text) => degreeOf(parseAnswer(text)!));
  expect(degrees).toEqual([undefined, 2, 9, undefined, undefined, undefined]);
});
