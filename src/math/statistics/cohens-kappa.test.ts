import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ShapeError } from "../../errors/index.ts";
import { cohensKappa } from "./cohens-kappa.ts";

interface Case {
  readonly a: readonly string[];
  readonly b: readonly string[];
  readonly kappa: number | null;
}

const { cases } = JSON.parse(
  readFileSync(new URL("../../../fixtures/agreement/kappa.json", import.meta.url), "utf8"),
) as { readonly cases: readonly Case[] };

const ratings = fc.array(fc.tuple(fc.constantFrom("x", "y", "z"), fc.constantFrom("x", "y", "z")));

describe("Cohen's kappa", () => {
  test("of a table by hand: p_o = 35/50, p_e = (25 · 30 + 25 · 20)/50² = 1/2, so κ = 0.4", () => {
    const table = [
      ["yes", "yes", 20],
      ["yes", "no", 5],
      ["no", "yes", 10],
      ["no", "no", 15],
    ] as const;
    const of = (rater: 0 | 1) => table.flatMap((row) => new Array<string>(row[2]).fill(row[rater]));
    expect(cohensKappa(of(0), of(1))).toBeCloseTo(0.4, 12);
  });

  test.each(cases.map((one, i) => [i, one] as const))("is scikit-learn's, case %i", (_, { a, b, kappa }) => {
    if (kappa === null) expect(cohensKappa(a, b)).toBeNull();
    else expect(cohensKappa(a, b)).toBeCloseTo(kappa, 12);
  });

  test("is symmetric, at most 1, 1 for raters who agree, and does not look at names or order", () => {
    fc.assert(
      fc.property(ratings, (pairs) => {
        const [a, b] = [pairs.map(([one]) => one), pairs.map(([, one]) => one)];
        const kappa = cohensKappa(a, b);
        expect(cohensKappa(b, a)).toEqual(kappa);
        expect(cohensKappa(a.toReversed(), b.toReversed())).toEqual(kappa);
        const renamed = (own: readonly string[]) => own.map((name) => `${name}!`);
        expect(cohensKappa(renamed(a), renamed(b))).toEqual(kappa);
        if (kappa !== null) expect(kappa).toBeLessThanOrEqual(1);
        expect(cohensKappa(a, a)).toBe(new Set(a).size > 1 ? 1 : null);
      }),
    );
  });

  test("is not defined without items, and refuses lists of other lengths", () => {
    expect(cohensKappa([], [])).toBeNull();
    expect(() => cohensKappa(["x"], [])).toThrow(ShapeError);
  });
});
