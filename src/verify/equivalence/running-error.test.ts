import { expect, test } from "vitest";
import { agree, type Estimate, Estimator, isVague } from "./estimate.ts";
import { parseAnswer } from "./grammar.ts";

const estimateOf = (text: string, names: readonly string[] = [], point = 0): Estimate | undefined =>
  new Estimator(names, point).value(parseAnswer(text)!);

/** Expressions and their values, as real and imaginary parts. */
const VALUES: readonly (readonly [string, number, number])[] = [
  ["\\pi", Math.PI, 0],
  ["e", Math.E, 0],
  ["i", 0, 1],
  ["-i", 0, -1],
  ["2 + 3i", 2, 3],
  ["(2 + 3i)(1 - 2i)", 8, -1],
  ["(2 + 3i)(1 + 2i)", -4, 7],
  ["\\frac{1}{2 + i}", 0.4, -0.2],
  ["\\frac{2 + 3i}{1 + i}", 2.5, 0.5],
  ["(1 + i)^3", -2, 2],
  ["(1 + i)^{-2}", 0, -0.5],
  ["i^2", -1, 0],
  ["2^{10}", 1024, 0],
  ["2^{-3}", 0.125, 0],
  ["3^0", 1, 0],
  ["2^{0.5}", Math.SQRT2, 0],
  ["4^{1/3}", Math.cbrt(4), 0],
  ["(-8)^{1/3}", -2, 0],
  ["(-8)^{2/3}", 4, 0],
  ["(-8)^{2/6}", -2, 0],
  ["(-4)^{1/2}", 0, 2],
  ["(-4)^{3/2}", 0, -8],
  ["(2i)^{1/2}", 1, 1],
  ["2^{\\pi}", 2 ** Math.PI, 0],
  ["\\sqrt{2}", Math.SQRT2, 0],
  ["\\sqrt{-9}", 0, 3],
  ["\\sqrt[3]{-5}", Math.cbrt(-5), 0],
  ["\\sqrt[4]{2}", 2 ** 0.25, 0],
  ["\\sqrt{2i}", 1, 1],
  ["30°", Math.PI / 6, 0],
  ["|3 + 4i|", 5, 0],
  ["|-3|", 3, 0],
  ["1 1/2", 1.5, 0],
  ["\\log_2 10", Math.log2(10), 0],
  ["\\log_{0.5} 10", -Math.log2(10), 0],
  ["\\log 5", Math.log10(5), 0],
  ["\\ln 5", Math.log(5), 0],
  ["\\sin 2", Math.sin(2), 0],
  ["\\cos 2", Math.cos(2), 0],
  ["\\tan 2", Math.tan(2), 0],
  ["\\sec 2", 1 / Math.cos(2), 0],
  ["\\csc 2", 1 / Math.sin(2), 0],
  ["\\cot 2", 1 / Math.tan(2), 0],
  ["\\arcsin 0.3", Math.asin(0.3), 0],
  ["\\arccos 0.3", Math.acos(0.3), 0],
  ["\\arctan 3", Math.atan(3), 0],
  ["\\sinh 2", Math.sinh(2), 0],
  ["\\cosh 2", Math.cosh(2), 0],
  ["\\tanh 2", Math.tanh(2), 0],
  ["\\exp 2", Math.exp(2), 0],
];

test.each(VALUES)("%s is %d and %d i, within an error that is small and not too small", (text, re, im) => {
  const found = estimateOf(text)!;
  const size = Math.max(1, Math.hypot(re, im));
  expect(Math.hypot(found.re - re, found.im - im)).toBeLessThanOrEqual(found.error + 1e-15 * size);
  expect(found.error).toBeLessThan(2e-13 * size);
  expect(found.error).toBeGreaterThanOrEqual(0);
  expect(isVague(found)).toBe(false);
});

/** Values that no double has, so that an error of 0 would be wrong. */
test.each([
  "\\pi",
  "1/3",
  "\\sqrt{2}",
  "\\ln 5",
  "\\sin 2",
  "\\log_2 10",
  "2^{0.5}",
  "\\pi^3",
  "|\\pi|",
  "\\pi + e",
  "\\frac{1}{\\pi}",
  "\\pi e",
])("%s has an error", (text) => {
  const found = estimateOf(text)!;
  expect(found.error).toBeGreaterThan(1e-17 * Math.abs(found.re));
});

test.each([
  "\\frac{1}{0}",
  "\\frac{1}{\\pi - \\pi}",
  "0^{-1}",
  "0^{0.5}",
  "i^{\\pi}",
  "(-2)^{\\pi}",
  "2^i",
  "\\sin i",
  "\\sin x",
  "\\infty",
  "\\sqrt[10]{2}",
  "\\log_1 5",
  "\\log_{-2} 5",
  "\\log_i 5",
  "\\log_2 0",
  "\\log_2 (-5)",
  "\\ln 0",
  "\\ln(-5)",
  "\\arcsin 2",
  "\\arccos 2",
  "f(2)",
  "\\max(1, 2)",
  "x",
  "10^{999}",
])("%s has no value", (text) => {
  expect(estimateOf(text)).toBeUndefined();
});

test("a power beyond 1000 is none of integers, and of other exponents is still one", () => {
  expect(estimateOf("1.001^{1000}")!.re).toBeCloseTo(1.001 ** 1000, 9);
  expect(estimateOf("1.001^{1001}")!.re).toBeCloseTo(1.001 ** 1001, 9);
  expect(estimateOf("(-1.001)^{1001}")!.re).toBeCloseTo(-(1.001 ** 1001), 9);
});

test("a variable has the value of its place at each point, and four points differ", () => {
  const at = (name: string, point: number) => estimateOf(name, ["a", "b"], point)!.re;
  const values = [0, 1, 2, 3].flatMap((point) => [at("a", point), at("b", point)]);
  expect(new Set(values).size).toBe(8);
  expect(estimateOf("a", ["a", "b"])!.error).toBe(0);
  expect(estimateOf("a", ["b", "a"])!.re).toBe(at("b", 0));
});

test("a difference of nearly equal values is vague, and estimates agree within their errors", () => {
  expect(isVague(estimateOf("\\sqrt{2} - \\sqrt{2}")!)).toBe(false);
  expect(isVague({ re: 1, im: 0, error: 2e-7 })).toBe(true);
  expect(isVague({ re: 1, im: 0, error: 0.5e-7 })).toBe(false);
  expect(isVague({ re: 0, im: 1, error: 0.5e-7 })).toBe(false);
  expect(isVague({ re: 0, im: 0, error: 2e-10 })).toBe(true);
  expect(isVague({ re: 0, im: 0, error: 0.5e-10 })).toBe(false);
  const one = { re: 1, im: 0, error: 1e-10 };
  expect(agree(one, { re: 1 + 7e-10, im: 0, error: 1e-10 })).toBe(true);
  expect(agree(one, { re: 1 + 9e-10, im: 0, error: 1e-10 })).toBe(false);
  expect(agree(one, { re: 1, im: 9e-10, error: 1e-10 })).toBe(false);
  expect(agree(one, { re: 1, im: -7e-10, error: 1e-10 })).toBe(true);
  expect(agree({ re: 1, im: 0, error: 0 }, { re: 1, im: 0, error: 0 })).toBe(true);
});

/** Functions where they are steep, so that the rounding of their argument is most of the error, and their slopes. */
test.each<[string, number, number]>([
  ["\\tan", 1.57, 1 / Math.cos(1.57) ** 2],
  ["\\sec", 1.57, Math.sin(1.57) / Math.cos(1.57) ** 2],
  ["\\csc", 0.01, Math.cos(0.01) / Math.sin(0.01) ** 2],
  ["\\cot", 0.01, 1 / Math.sin(0.01) ** 2],
  ["\\arcsin", 0.9999999, 1 / Math.sqrt(1 - 0.9999999 ** 2)],
  ["\\arccos", 0.9999999, 1 / Math.sqrt(1 - 0.9999999 ** 2)],
  ["asin", 0.9999999, 1 / Math.sqrt(1 - 0.9999999 ** 2)],
  ["acos", 0.9999999, 1 / Math.sqrt(1 - 0.9999999 ** 2)],
  ["\\sinh", 20, Math.cosh(20)],
  ["\\cosh", 20, Math.sinh(20)],
  ["\\ln", 1.0001, 1 / 1.0001],
  ["\\log", 1.0001, 1 / 1.0001 / Math.LN10],
  ["\\lg", 1.0001, 1 / 1.0001 / Math.LN10],
  ["\\exp", 20, Math.exp(20)],
  ["\\sin", 3.14, Math.cos(3.14)],
  ["\\cos", 1.57, Math.sin(1.57)],
])("the error of %s at %d is that of its argument times its slope", (name, x, slope) => {
  const { error } = estimateOf(`${name}(${x})`)!;
  const least = Math.abs(slope) * x * 2 ** -53;
  expect(error).toBeGreaterThan(least);
  expect(error).toBeLessThan(100 * least);
});

test("the error of an argument is in the error of a product, a power, a root and a logarithm", () => {
  const vague = "(\\sqrt{2} - 1.41421356)";
  const { re, error } = estimateOf(vague)!;
  const relative = error / re;
  expect(relative).toBeGreaterThan(1e-9);
  for (const [text, times] of [
    [`${vague} \\pi`, 1],
    [`${vague}^2`, 2],
    [`${vague}^{-1}`, 1],
    [`${vague}^{0.5}`, 0.5],
    [`\\sqrt{${vague}}`, 0.5],
    [`\\frac{1}{${vague}}`, 1],
    [`|${vague}|`, 1],
    [`-${vague}`, 1],
  ] as const) {
    const found = estimateOf(text)!;
    expect(found.error / Math.abs(found.re)).toBeGreaterThan(0.9 * times * relative);
    expect(found.error / Math.abs(found.re)).toBeLessThan(5 * times * relative);
  }
  for (const name of ["\\ln", "\\log", "\\lg"])
    expect(estimateOf(`${name} ${vague}`)!.error).toBeGreaterThan(relative / Math.LN10);
  const ofValue = estimateOf(`\\log_2 ${vague}`)!;
  expect(ofValue.error).toBeGreaterThan(relative / Math.LN2);
  expect(ofValue.error).toBeLessThan((5 * relative) / Math.LN2);
  const ofBase = estimateOf(`\\log_{${vague}} 2`)!;
  const most = (Math.LN2 / Math.log(re) ** 2) * relative;
  expect(ofBase.error).toBeGreaterThan(most);
  expect(ofBase.error).toBeLessThan(5 * most);
});
