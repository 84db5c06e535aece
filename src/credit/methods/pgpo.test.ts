import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { NumericError, ShapeError } from "../../errors/index.ts";
import { klEstimators } from "../../math/index.ts";
import { recordedBatches } from "../../testing/recorded-credit.ts";
import type { TwoViews } from "../two-views.ts";
import { pgpo } from "./pgpo.ts";

/** Dependences S whose log(1 + S) are 0, 0.2, 0.4 and 1: x is the same. */
const dependence = [0, 0.2, 0.4, 1].map(Math.expm1);
const input: TwoViews = {
  logprobs: [-1, -1, -1, -1],
  ablatedLogprobs: [-1, -1, -1, -1],
  divergence: dependence,
};
const exact = { score: "divergence" } as const;
const logprob = fc.double({ min: -40, max: 0, noNaN: true });

describe("pgpo", () => {
  test("has weights that can be checked on paper", () => {
    // ω = 0, 0.2/0.4, 1, 1 + 2·0.6/0.6 = 3; Σω = 4.5, T = 4.
    const { weights, scores } = pgpo(input, exact);
    expect(weights).toBeAllclose(
      [0, 0.5, 1, 3].map((own) => (own * 4) / 4.5),
      { rtol: 1e-6 },
    );
    expect(scores).toBeAllclose(dependence);
  });

  test("the sampled score is k3, which one token can show far from the KL over the vocabulary", () => {
    const seen = { logprobs: [Math.log(0.5)], ablatedLogprobs: [Math.log(0.25)], divergence: [0.7] };
    expect(pgpo(seen).scores[0]).toBeCloseTo(klEstimators.k3(Math.log(0.5), Math.log(0.25)).value, 12);
    expect(pgpo(seen, exact).scores[0]).toBe(0.7);
  });

  describe.each(recordedBatches)("agrees with numpy: $name", ({ completions, pgpo: recorded }) => {
    test.each(recorded)("$score, $form, τ $threshold, β $boost", ({ weights, ...options }) => {
      completions.forEach(({ given, ablated, divergence, mask }, i) => {
        const found = pgpo({ logprobs: given, ablatedLogprobs: ablated, divergence, mask }, options);
        expect(found.weights).toBeAllclose(weights[i]!, { rtol: 1e-7, atol: 1e-9 });
      });
    });
  });

  test("weights average to 1 in the paper's form, and not in the development form", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(logprob, logprob), { minLength: 1, maxLength: 20 }), (rows) => {
        const views = { logprobs: rows.map(([own]) => own), ablatedLogprobs: rows.map(([, own]) => own) };
        const { weights } = pgpo(views);
        expect(weights.reduce((sum, weight) => sum + weight, 0) / weights.length).toBeCloseTo(1, 9);
        expect(Math.min(...weights)).toBeGreaterThanOrEqual(0);
      }),
    );
    const development = pgpo(input, { ...exact, form: "development" }).weights;
    expect(development.reduce((sum, weight) => sum + weight, 0)).not.toBeCloseTo(4, 2);
  });

  test("the forms differ: rank for value, floor for nothing, no renormalisation", () => {
    // ⌊0.4·4⌋ = 1: the cut is x = 0.2. ω = max(0.1, 0), 1, 1 + 2·0.2/0.8, 1 + 2.
    const { weights } = pgpo(input, { ...exact, form: "development" });
    expect(weights).toBeAllclose([0.1, 1, 1.5, 3], { rtol: 1e-6 });
    expect(Math.min(...pgpo(input, exact).weights)).toBe(0);
  });

  test("both branches meet at τ", () => {
    const around = (x: number) =>
      pgpo(
        {
          ...input,
          divergence: [0, x, 1].map(Math.expm1),
          logprobs: [-1, -1, -1],
          ablatedLogprobs: [-1, -1, -1],
        },
        exact,
      ).weights;
    const below = around(0.4 - 1e-9);
    const above = around(0.4 + 1e-9);
    expect(below).toBeAllclose(above, { atol: 1e-6 });
  });

  test("τ 1 only lowers, τ 0 only raises, before renormalisation keeps the mean", () => {
    const lowered = pgpo(input, { ...exact, threshold: 1 }).weights;
    expect(lowered).toBeAllclose(
      [0, 0.2, 0.4, 1].map((x) => (x * 4) / 1.6),
      { rtol: 1e-6 },
    );
    const raised = pgpo(input, { ...exact, threshold: 0, boost: 1 }).weights;
    expect(raised).toBeAllclose(
      [1, 1.2, 1.4, 2].map((own) => (own * 4) / 5.6),
      { rtol: 1e-6 },
    );
  });

  test("equal views, constant dependence, one token and none are weighed evenly", () => {
    const views = { logprobs: [-1, -2], ablatedLogprobs: [-1, -2] };
    for (const form of ["paper", "development"] as const) {
      expect([...pgpo(views, { form }).weights]).toEqual([1, 1]);
      expect([...pgpo({ logprobs: [-1], ablatedLogprobs: [-9] }, { form }).weights]).toEqual([1]);
      expect([...pgpo({ ...views, mask: [0, 0] }, { form }).weights]).toEqual([0, 0]);
      expect(pgpo({ logprobs: [], ablatedLogprobs: [] }, { form }).weights).toHaveLength(0);
    }
  });

  test("stays finite where views are as far apart as numbers go", () => {
    const far = { logprobs: [-1e6, 0, -1], ablatedLogprobs: [0, -1e6, -1] };
    expect([...pgpo(far).weights].every(Number.isFinite)).toBe(true);
  });

  test("rejects impossible signals and options", () => {
    expect(() => pgpo({ ...input, divergence: undefined }, exact)).toThrow(ShapeError);
    expect(() => pgpo({ ...input, logprobs: [1, 0, 0, 0] })).toThrow(NumericError);
    expect(() => pgpo(input, { threshold: -0.1 })).toThrow(NumericError);
    expect(() => pgpo(input, { boost: Number.NaN })).toThrow(NumericError);
  });
});
