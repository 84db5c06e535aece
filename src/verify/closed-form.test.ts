import fc from "fast-check";
import { expect, test } from "vitest";
import { closedForm } from "./closed-form.ts";

test("roots, pi and powers of ten have the values they have on paper", () => {
  expect(closedForm("2sqrt(3)")).toBe(2 * Math.sqrt(3));
  expect(closedForm("sqrt(2*sqrt(4))")).toBe(2);
  expect(closedForm("1/2sqrt(3)")).toBe(Math.sqrt(3) / 2);
  expect(closedForm("-3/(2sqrt(2)pi)")).toBeCloseTo(-3 / (2 * Math.sqrt(2) * Math.PI), 15);
  expect(closedForm("2 pi")).toBe(2 * Math.PI);
  expect(closedForm("1.5*10^-3")).toBe(1.5e-3);
});

test.each([
  "",
  "7",
  "2*4",
  "2^3",
  "2(3)",
  "pi^2",
  "sqrt(2)+1",
  "sqrt(2",
  "sqrt()",
  "sqrt(-1)",
  "sqrt2",
  "2sqrt(3)cm",
  "pi3",
  "pie",
  "1/sqrt(0)",
  "10^999",
  "10^1000",
  "--pi",
  "sqrt(3)--1",
])("%j is arithmetic left undone, no number, or something else", (text) => {
  expect(closedForm(text)).toBeUndefined();
});

test("a drawn-out root equals the root of the product", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 99 }), fc.integer({ min: 1, max: 99 }), (a, b) => {
      expect(closedForm(`${a}sqrt(${b})`)).toBeCloseTo(closedForm(`sqrt(${a * a * b})`)!, 9);
    }),
  );
});
