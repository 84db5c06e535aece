import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { equivalent } from "./equivalent.ts";

const rows = JSON.parse(
  readFileSync(new URL("../../fixtures/verify/equivalent.json", import.meta.url), "utf8"),
) as [string, string, boolean, string][];

/** Sets of two sets, so many deep. */
function nested(depth: number): string {
  return depth === 0 ? "1" : `{${nested(depth - 1)},${nested(depth - 1)}}`;
}

describe("equivalent", () => {
  test.each(rows)("%j and %j: %s, %s", (given, reference, expected) => {
    expect(equivalent(given, reference)).toBe(expected);
    expect(equivalent(reference, given)).toBe(expected);
  });

  test("integers are equivalent exactly when they are equal", () => {
    const integer = fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n });
    fc.assert(
      fc.property(integer, integer, (a, b) => {
        expect(equivalent(String(a), String(a))).toBe(true);
        expect(equivalent(String(a), String(b))).toBe(a === b);
        expect(equivalent(String(a), String(a + 1n))).toBe(false);
      }),
    );
  });

  test("a fraction equals its decimal and its LaTeX", () => {
    fc.assert(
      fc.property(fc.integer({ min: -999, max: 999 }), fc.integer({ min: 1, max: 999 }), (a, b) => {
        expect(equivalent(`${a}/${b}`, String(a / b))).toBe(true);
        expect(equivalent(`\\frac{${a}}{${b}}`, `${a}/${b}`)).toBe(true);
        expect(equivalent(`${a}/${b}`, `${a + 1}/${b}`)).toBe(false);
      }),
    );
  });

  test("it is symmetric, and never throws, on any text", () => {
    const piece = fc.constantFrom(
      "\\frac",
      "{",
      "}",
      "$",
      "%",
      "\\sqrt",
      "\\pi",
      "10^",
      "[",
      "]",
      "(",
      ")",
      "1",
      "2",
      "/",
      ",",
      ":",
      ".",
      " ",
      "-",
      "e",
    );
    const text = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.array(piece).map((pieces) => pieces.join("")),
    );
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(equivalent(a, b)).toBe(equivalent(b, a));
      }),
      { numRuns: 1000 },
    );
  });

  test("answers too long to be parsed are compared as texts", () => {
    const long = "x + ".repeat(600);
    expect(equivalent(` ${long}y`, `${long}y `)).toBe(true);
    expect(equivalent(`${long}y`, `${long}z`)).toBe(false);
    expect(equivalent(`${long}y`, "y")).toBe(false);
    expect(equivalent(" ".repeat(2500), " ".repeat(2600))).toBe(false);
    const longest = `${"x".repeat(1999)}y`;
    expect(equivalent(longest, `${longest.slice(0, -1)} y`)).toBe(false);
  });

  test("what is no text equals nothing", () => {
    const none = undefined as unknown as string;
    expect([equivalent(none, "5"), equivalent("5", none), equivalent(none, none)]).toEqual([
      false,
      false,
      false,
    ]);
  });

  test.each([
    ["digits", "1".repeat(1e6)],
    ["open braces", "{".repeat(1e6)],
    ["boxes that never close", "\\boxed{".repeat(2e5)],
    ["fractions that never close", "\\frac{".repeat(330)],
    ["nested text", `${"\\text{".repeat(280)}7${"}".repeat(280)}`],
    ["spaces", `${" ".repeat(1999)}7`],
    ["sets of sets", nested(9)],
    ["thousands", `1${",000".repeat(499)}`],
    ["points", "1.".repeat(1000)],
  ])("long %s take no time and are equal to no short answer", (_, long) => {
    const start = performance.now();
    if (long.trim() !== "7") expect(equivalent(long, "8")).toBe(false);
    expect(equivalent(long, `${long}1`)).toBe(false);
    expect(performance.now() - start).toBeLessThan(500);
  });
});
