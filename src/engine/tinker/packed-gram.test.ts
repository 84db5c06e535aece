import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { wholeGram } from "./packed-gram.ts";

describe("a packed Gram matrix", () => {
  test("is its lower triangle, row by row, and the same above the diagonal", () => {
    expect(wholeGram([1, 2, 5, 3, 6, 9], 3)).toEqual(
      Float64Array.of(...[1, 2, 3], ...[2, 5, 6], ...[3, 6, 9]),
    );
    expect(wholeGram([], 0)).toHaveLength(0);
  });

  test("keeps every number of single precision", () => {
    const size = fc.integer({ min: 1, max: 12 });
    const matrix = size.chain((length) =>
      fc.record({
        length: fc.constant(length),
        lower: fc.array(fc.float({ noNaN: true }), {
          minLength: (length * (length + 1)) / 2,
          maxLength: (length * (length + 1)) / 2,
        }),
      }),
    );
    fc.assert(
      fc.property(matrix, ({ length, lower }) => {
        const gram = wholeGram(lower, length);
        let next = 0;
        for (let i = 0; i < length; i++) {
          for (let j = 0; j <= i; j++, next++) {
            expect(gram[i * length + j]).toBe(lower[next]);
            expect(gram[j * length + i]).toBe(lower[next]);
          }
        }
      }),
    );
  });
});
