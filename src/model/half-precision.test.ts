import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { narrowBfloat16, narrowFloat16, widenBfloat16, widenFloat16 } from "./half-precision.ts";

const every = Uint16Array.from({ length: 65536 }, (_, bits) => bits);

describe("bfloat16", () => {
  test("1, -2 and 2^-126 have the bits of a float32's upper half", () => {
    expect([...narrowBfloat16(Float32Array.of(1, -2, 2 ** -126))]).toEqual([0x3f80, 0xc000, 0x0080]);
  });

  test("halfway values go to the even neighbour", () => {
    const [low, high] = narrowBfloat16(Float32Array.of(1 + 2 ** -8, 1 + 3 * 2 ** -8));
    expect(low).toBe(0x3f80);
    expect(high).toBe(0x3f82);
  });

  test("narrowing what was widened gives back all 65536 patterns, NaN as some NaN", () => {
    const wide = widenBfloat16(every);
    const narrow = narrowBfloat16(wide);
    const differing = [...every].filter((bits) => narrow[bits] !== bits);
    expect(differing.every((bits) => Number.isNaN(wide[bits]))).toBe(true);
    expect(widenBfloat16(narrow).every((x, i) => Object.is(x, wide[i]))).toBe(true);
  });

  test("narrowing picks the nearest number", () => {
    fc.assert(
      fc.property(fc.float({ noNaN: true, min: 0, max: 2 ** 100 }), (x) => {
        const [bits = 0] = narrowBfloat16(Float32Array.of(x));
        const [at, above, below] = widenBfloat16(Uint16Array.of(bits, bits + 1, Math.max(bits - 1, 0)));
        const distance = Math.abs(at! - x);
        expect(distance <= Math.abs(above! - x) && distance <= Math.abs(below! - x)).toBe(true);
      }),
    );
  });
});

describe("float16", () => {
  test.each([
    [0x3c00, 1],
    [0xc100, -2.5],
    [0x7bff, 65504],
    [0x0001, 2 ** -24],
    [0x0400, 2 ** -14],
    [0x8000, -0],
    [0x7c00, Number.POSITIVE_INFINITY],
    [0xfc00, Number.NEGATIVE_INFINITY],
    [0x7e00, Number.NaN],
  ])("pattern %i is %d", (bits, value) => {
    expect(widenFloat16(Uint16Array.of(bits))[0]).toBe(value);
  });

  test("narrowing what was widened gives back all 65536 patterns, NaN as some NaN", () => {
    const wide = widenFloat16(every);
    const narrow = narrowFloat16(wide);
    const differing = [...every].filter((bits) => narrow[bits] !== bits);
    expect(differing.every((bits) => Number.isNaN(wide[bits]))).toBe(true);
    expect(widenFloat16(narrow).every((x, i) => Object.is(x, wide[i]))).toBe(true);
  });

  test.each([
    ["a tie goes to the even neighbour", 1 + 2 ** -11, 0x3c00],
    ["and up when that is even", 1 + 3 * 2 ** -11, 0x3c02],
    ["just above a tie goes up", Math.fround(1 + 2 ** -11 + 2 ** -20), 0x3c01],
    ["rounding carries into the exponent", 2 - 2 ** -12, 0x4000],
    ["the largest that stays finite", 65519, 0x7bff],
    ["the smallest that does not", 65520, 0x7c00],
    ["half of the smallest step is a tie with zero", 2 ** -25, 0],
    ["a little more is the smallest step", 1.5 * 2 ** -25, 1],
    ["a subnormal rounds up to the smallest normal", 2 ** -14 - 2 ** -26, 0x0400],
    ["zero keeps its sign", -0, 0x8000],
  ])("%s", (_, value, bits) => {
    expect(narrowFloat16(Float32Array.of(value))[0]).toBe(bits);
  });

  test("narrowing picks the nearest number", () => {
    fc.assert(
      fc.property(fc.float({ noNaN: true, min: 0, max: 65504 }), (x) => {
        const [bits = 0] = narrowFloat16(Float32Array.of(x));
        const [at, above, below] = widenFloat16(Uint16Array.of(bits, bits + 1, Math.max(bits - 1, 0)));
        const distance = Math.abs(at! - x);
        expect(distance <= Math.abs(above! - x) && distance <= Math.abs(below! - x)).toBe(true);
      }),
    );
  });
});
