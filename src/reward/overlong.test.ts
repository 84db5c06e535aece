import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { NumericError } from "../errors/index.ts";
import { softOverlongPunishment } from "./overlong.ts";

describe("softOverlongPunishment", () => {
  test.each([
    [0, 0],
    [80, 0],
    [81, -0.05],
    [90, -0.5],
    [100, -1],
    [150, -1],
  ])("%i tokens of 100 with a buffer of 20 are worth %d", (tokens, expected) => {
    expect(softOverlongPunishment(tokens, 100, 20)).toBeCloseTo(expected, 14);
  });

  test("never rises with length and stays within [−1, 0]", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 1, max: 100 }), (tokens, buffer) => {
        const [here, next] = [tokens, tokens + 1].map((length) =>
          softOverlongPunishment(length, 100, buffer),
        );
        expect(next).toBeLessThanOrEqual(here!);
        expect(here).toBeGreaterThanOrEqual(-1);
        expect(here).toBeLessThanOrEqual(0);
      }),
    );
  });

  test("without a buffer it is a NumericError", () => {
    expect(() => softOverlongPunishment(1, 10, 0)).toThrow(NumericError);
  });
});
