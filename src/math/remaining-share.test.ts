import fc from "fast-check";
import { expect, test } from "vitest";
import { NumericError } from "../errors/index.ts";
import { FALLS, remainingShare } from "./remaining-share.ts";

test("the three falls have their hand values", () => {
  expect([0, 0.5, 1].map((progress) => remainingShare("constant", progress, 0.2))).toEqual([1, 1, 1]);
  expect(remainingShare("linear", 0.25, 0.2)).toBeCloseTo(0.8, 12);
  expect([0, 0.5, 1].map((progress) => remainingShare("cosine", progress))).toBeAllclose([1, 0.5, 0]);
  expect(remainingShare("cosine", 1, 0.1)).toBeCloseTo(0.1, 12);
});

test("no fall ever rises, and each stays between its final share and 1", () => {
  const progress = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(fc.constantFrom(...FALLS), progress, progress, progress, (fall, a, b, finalShare) => {
      const [early, late] = [Math.min(a, b), Math.max(a, b)].map((at) =>
        remainingShare(fall, at, finalShare),
      );
      expect(late).toBeLessThanOrEqual(early! + 1e-12);
      expect(late).toBeGreaterThanOrEqual(finalShare - 1e-12);
      expect(early).toBeLessThanOrEqual(1 + 1e-12);
    }),
  );
});

test.each([-0.1, 1.1, Number.NaN])("a progress of %s is refused", (progress) => {
  expect(() => remainingShare("linear", progress)).toThrow(NumericError);
});
