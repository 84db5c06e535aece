import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { NumericError, ShapeError } from "../../errors/index.ts";
import { recordedBatches } from "../../testing/recorded-credit.ts";
import { vgpo } from "./vgpo.ts";

const weightsOf = (...args: Parameters<typeof vgpo>) => vgpo(...args).map(({ weights }) => weights);
const mean = (values: ArrayLike<number>) =>
  Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;
const cosines = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 1, maxLength: 12 });

describe("vgpo", () => {
  test("has weights that can be checked on paper", () => {
    // ρ = 0.5, 1, 0.75, 0.5; the tail is tokens 3 and 4, one gate: token 3. w = 0.5, 1, 0.75·(1 + 0.4·3/4), 0.5.
    const likeness = [0, 1, 0.5, 0];
    const hat = [0, 1, (0.975 - 0.5) / 0.5, 0];
    const [weights] = weightsOf([{ likeness }], { beta: 0.4, gate: 0.5 });
    expect(weights).toBeAllclose(hat.map((own) => 1 + own - mean(hat)));
  });

  test("weighs completions of a group by the sums of their tokens", () => {
    // Both are even within; s = 2·0.75 and 2·0.5, ŝ = 1 and 0, φ = ½ and −½.
    const group = [{ likeness: [0.5, 0.5] }, { likeness: [0, 0] }];
    const [first, second] = weightsOf(group, { beta: 0 });
    expect([...first!]).toEqual([1.5, 1.5]);
    expect([...second!]).toEqual([0.5, 0.5]);
    expect(weightsOf(group, { beta: 0, groups: false }).map((own) => [...own])).toEqual([
      [1, 1],
      [1, 1],
    ]);
  });

  describe.each(recordedBatches)("agrees with numpy: $name", ({ completions, vgpo: recorded }) => {
    test.each(recorded)("$form, β $beta, γ $tail, κ $gate", ({ weights, ...options }) => {
      const inputs = completions.map(({ likeness, mask }) => ({ likeness, mask }));
      weightsOf(inputs, options).forEach((own, i) => {
        expect(own).toBeAllclose(weights[i]!, { rtol: 1e-8, atol: 1e-10 });
      });
    });
  });

  test("ψ averages to 1 over a completion and φ to 1 over a group", () => {
    fc.assert(
      fc.property(fc.array(cosines, { minLength: 1, maxLength: 6 }), (all) => {
        const group = all.map((likeness) => ({ likeness }));
        for (const own of weightsOf(group, { groups: false })) expect(mean(own)).toBeCloseTo(1, 9);
        const factors = weightsOf(group).map(mean);
        expect(mean(factors)).toBeCloseTo(1, 9);
      }),
    );
  });

  test("β 0 leaves the plain min-max", () => {
    const [weights] = weightsOf([{ likeness: [-0.2, 0.6, 0.2] }], { beta: 0 });
    expect(weights).toBeAllclose([0.5, 1.5, 1]);
  });

  test("the forms differ: of the offset of ρ, which raises the gate of late tokens, and the clamps", () => {
    const group = [{ likeness: [0.9, 0.5, 0.6, 0.8] }];
    const [paper] = weightsOf(group, { beta: 1 });
    const [code] = weightsOf(group, { beta: 1, form: "code" });
    // All cosines are above 0, so the code's ρ is the cosine itself: the raised last token grows by 0.8, not by 0.9.
    expect(code![3]).not.toBeCloseTo(paper![3]!, 2);
    const [clamped] = weightsOf([{ likeness: [-1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1] }], {
      beta: 0,
      form: "code",
    });
    expect(Math.min(...clamped!)).toBeGreaterThanOrEqual(0.1);
    const two = weightsOf([{ likeness: [0, 1] }, { likeness: [0, 1, 1] }], { form: "code", beta: 0 });
    expect(mean(two[0]!)).toBeCloseTo(0.9, 9);
  });

  test("is 1 throughout for constant signals, one token, and images without tokens, whose likeness is 0", () => {
    for (const form of ["paper", "code"] as const) {
      for (const likeness of [[0, 0, 0], [0.4], [-1, -1]]) {
        expect([...weightsOf([{ likeness }], { form, beta: 0 })[0]!]).toEqual(likeness.map(() => 1));
      }
      expect([...weightsOf([{ likeness: [0.3] }], { form })[0]!]).toEqual([1]);
      expect(weightsOf([{ likeness: [] }, { likeness: [0.5] }], { form }).map((own) => [...own])).toEqual([
        [],
        [1],
      ]);
      expect([...weightsOf([{ likeness: [5, 0.5], mask: [0, 1] }], { form })[0]!]).toEqual([0, 1]);
    }
    expect(vgpo([])).toEqual([]);
  });

  test("rejects impossible signals and options", () => {
    expect(() => vgpo([{ likeness: [1.1] }])).toThrow(NumericError);
    expect(() => vgpo([{ likeness: [Number.NaN] }])).toThrow(NumericError);
    expect(() => vgpo([{ likeness: [1], mask: [1, 1] }])).toThrow(ShapeError);
    expect(() => vgpo([{ likeness: [1] }], { tail: 1.5 })).toThrow(NumericError);
    expect(() => vgpo([{ likeness: [1] }], { beta: -1 })).toThrow(NumericError);
  });
});
