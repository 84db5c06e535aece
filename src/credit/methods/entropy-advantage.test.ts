import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { NumericError, ShapeError } from "../../errors/index.ts";
import { entropyAdvantage } from "./entropy-advantage.ts";

interface Recorded {
  name: string;
  completions: { entropy: number[]; mask: number[] }[];
  entropyAdvantage: { advantage: number; alpha: number; kappa: number; weights: number[][] }[];
}
const path = new URL("../../../fixtures/credit/rivals.json", import.meta.url);
const batches: Recorded[] = JSON.parse(readFileSync(path, "utf8")).batches;

describe("entropyAdvantage", () => {
  test("raises the advantage by α·H, by |A|/κ at most, for either sign", () => {
    expect(entropyAdvantage({ entropy: [0, 1, 9], advantage: 1 }).weights).toBeAllclose([1, 1.4, 1.5]);
    expect(entropyAdvantage({ entropy: [0, 1, 9], advantage: -1 }).weights).toBeAllclose([1, 0.6, 0.5]);
  });

  describe.each(batches)("agrees with numpy: $name", ({ completions, entropyAdvantage: recorded }) => {
    test.each(recorded)("A $advantage, α $alpha, κ $kappa", ({ advantage, alpha, kappa, weights }) => {
      completions.forEach(({ entropy, mask }, i) => {
        const credit = entropyAdvantage({ entropy, advantage, mask }, { alpha, kappa });
        expect(credit.weights).toBeAllclose(weights[i]!);
      });
    });
  });

  test("never turns the sign of the advantage and never lowers it", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 50, noNaN: true }),
        fc.double({ min: -5, max: 5, noNaN: true }),
        (entropy, advantage) => {
          const [weight] = entropyAdvantage({ entropy: [entropy], advantage }).weights;
          expect(weight).toBeGreaterThanOrEqual(0.5);
          expect(weight! * advantage).toBeGreaterThanOrEqual(advantage - 1e-12);
        },
      ),
    );
  });

  test("is uniform with advantage 0 and with α 0, and 0 at masked tokens of any entropy", () => {
    expect([...entropyAdvantage({ entropy: [3, 1], advantage: 0 }).weights]).toEqual([1, 1]);
    expect([...entropyAdvantage({ entropy: [3, 1], advantage: 2 }, { alpha: 0 }).weights]).toEqual([1, 1]);
    const masked = entropyAdvantage({ entropy: [1, Number.NaN], advantage: 1, mask: [1, 0] });
    expect([...masked.weights]).toEqual([1.4, 0]);
    expect(entropyAdvantage({ entropy: [], advantage: 1 }).weights).toHaveLength(0);
  });

  test("stays finite where the advantage is next to nothing", () => {
    expect([...entropyAdvantage({ entropy: [3, 0], advantage: 5e-324 }).weights]).toEqual([1.5, 1]);
  });

  test("rejects impossible entropies, advantages and options", () => {
    expect(() => entropyAdvantage({ entropy: [1], advantage: 1, mask: [] })).toThrow(ShapeError);
    for (const wrong of [Number.NaN, Infinity, -1]) {
      expect(() => entropyAdvantage({ entropy: [wrong], advantage: 1 })).toThrow(NumericError);
      expect(() => entropyAdvantage({ entropy: [1], advantage: 1 }, { alpha: wrong })).toThrow(NumericError);
    }
    expect(() => entropyAdvantage({ entropy: [1], advantage: Number.NaN })).toThrow(NumericError);
    expect(() => entropyAdvantage({ entropy: [1], advantage: 1 }, { kappa: 1 })).toThrow(NumericError);
  });
});
