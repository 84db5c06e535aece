import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type KlEstimator, klEstimators } from "./kl.ts";

const logprob = fc.double({ min: -6, max: 0, noNaN: true });
const names: KlEstimator[] = ["k1", "k2", "k3"];

describe("KL estimators", () => {
  test.each([
    ["k1", Math.LN2, 1],
    ["k2", Math.LN2 ** 2 / 2, Math.LN2],
    ["k3", 0.5 + Math.LN2 - 1, 0.5],
  ] as const)("%s of a token twice as likely as under the reference", (name, value, derivative) => {
    const got = klEstimators[name](Math.log(0.5), Math.log(0.25));
    expect(got.value).toBeCloseTo(value, 14);
    expect(got.derivative).toBeCloseTo(derivative, 14);
  });

  test("are 0 where policy and reference agree", () => {
    for (const name of names) expect(klEstimators[name](-1.5, -1.5).value).toBe(0);
  });

  test("k2 and k3 are never negative, not even by rounding", () => {
    const near = fc.double({ min: -1e-9, max: 1e-9, noNaN: true });
    fc.assert(
      fc.property(logprob, fc.oneof(logprob, near), (a, b) => {
        expect(klEstimators.k2(a, b).value).toBeGreaterThanOrEqual(0);
        expect(klEstimators.k3(a, b).value).toBeGreaterThanOrEqual(-1e-16);
      }),
    );
  });

  test.each(names)("%s has the slope that central differences find", (name) => {
    fc.assert(
      fc.property(logprob, logprob, (a, b) => {
        const f = (x: number) => klEstimators[name](x, b).value;
        const slope = (f(a + 1e-6) - f(a - 1e-6)) / 2e-6;
        expect([klEstimators[name](a, b).derivative]).toBeAllclose([slope], { rtol: 1e-5, atol: 1e-6 });
      }),
    );
  });

  test("k1 and k3 average to the true divergence of two distributions", () => {
    const policy = [0.5, 0.3, 0.2];
    const reference = [0.2, 0.2, 0.6];
    const divergence = policy.reduce((sum, p, i) => sum + p * Math.log(p / reference[i]!), 0);
    for (const name of ["k1", "k3"] as const) {
      const average = policy.reduce(
        (sum, p, i) => sum + p * klEstimators[name](Math.log(p), Math.log(reference[i]!)).value,
        0,
      );
      expect(average).toBeCloseTo(divergence, 14);
    }
  });
});
