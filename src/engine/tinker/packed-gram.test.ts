import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { EngineError } from "../../errors/index.ts";
import { unpackedGram } from "./packed-gram.ts";

const base64 = (values: readonly number[]) => {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [i, value] of values.entries()) bytes.writeFloatLE(value, 4 * i);
  return bytes.toString("base64");
};

describe("a packed Gram matrix", () => {
  test("is its lower triangle, row by row, and the same above the diagonal", () => {
    expect(unpackedGram(base64([1, 2, 5, 3, 6, 9]), 3, "forward")).toEqual(
      Float64Array.of(...[1, 2, 3], ...[2, 5, 6], ...[3, 6, 9]),
    );
    // Recorded from engines/skyrl: encoded({"gram": [[1, 2], [2, 5]]}, packs_gram=True).
    expect(unpackedGram("AACAPwAAAEAAAKBA", 2, "forward")).toEqual(Float64Array.of(1, 2, 2, 5));
    expect(unpackedGram("", 0, "forward")).toHaveLength(0);
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
        const gram = unpackedGram(base64(lower), length, "forward");
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

  test.each([
    ["a number short", base64([1, 2])],
    ["a number long", base64([1, 2, 3, 4])],
    ["cut within a number", base64([1, 2, 3]).slice(0, -4)],
    ["no base64 at all", "%%%%"],
    ["the whole square", base64([1, 2, 2, 5])],
  ])("that is %s is refused, naming the call and both lengths", (_, data) => {
    const read = () => unpackedGram(data, 2, "forward, sequence 3");
    expect(read).toThrow(EngineError);
    expect(read).toThrow(/^forward, sequence 3: expected a packed gram of 12 bytes \(2 tokens\), got \d+$/);
  });
});
