import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ShapeError } from "../errors/index.ts";
import { logRatio, sequenceRatio, tokenRatio } from "./ratio.ts";

describe("ratios", () => {
  test("of two log-probs is the quotient of the probabilities", () => {
    const logRatios = logRatio([Math.log(0.5), Math.log(0.2)], [Math.log(0.25), Math.log(0.8)]);
    expect(tokenRatio(logRatios)).toBeAllclose([2, 0.25]);
  });

  test("of a sequence is the geometric mean of its token ratios", () => {
    expect(sequenceRatio([Math.log(2), Math.log(8)])).toBeCloseTo(4, 12);
    fc.assert(
      fc.property(fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: 1 }), (logRatios) => {
        const product = tokenRatio(logRatios).reduce(
          (total, ratio) => total * ratio ** (1 / logRatios.length),
          1,
        );
        expect(sequenceRatio(logRatios)).toBeCloseTo(product, 8);
      }),
    );
  });

  test("of a sequence does not look at masked tokens and is 1 when none counts", () => {
    expect(sequenceRatio([Math.log(2), Number.NaN, Math.log(8)], [1, 0, 1])).toBeCloseTo(4, 12);
    expect(sequenceRatio([5], [0])).toBe(1);
    expect(sequenceRatio([])).toBe(1);
  });

  test("reject lists of different length", () => {
    expect(() => logRatio([0, 0], [0])).toThrow(ShapeError);
    expect(() => sequenceRatio([0, 0], [1])).toThrow(ShapeError);
  });
});
