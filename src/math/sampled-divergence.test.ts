import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DIVERGENCE_DIRECTIONS, sampledDivergence } from "./sampled-divergence.ts";

const logSoftmax = (logits: readonly number[]) => {
  const top = Math.max(...logits);
  const total = Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit - top), 0)) + top;
  return logits.map((logit) => logit - total);
};
/** KL(p ‖ q) over the vocabulary, from logits. */
const exact = (p: readonly number[], q: readonly number[]) => {
  const [logP, logQ] = [logSoftmax(p), logSoftmax(q)];
  return logP.reduce((sum, log, v) => sum + Math.exp(log) * (log - logQ[v]!), 0);
};
/** Slope of a function in one logit, by central differences. */
const slope = (of: (logits: readonly number[]) => number, logits: readonly number[], v: number) => {
  const moved = (by: number) => of(logits.map((logit, i) => (i === v ? logit + by : logit)));
  return (moved(1e-5) - moved(-1e-5)) / 2e-5;
};
/** Σ_o p(o)·slope(o)·∂log π(o)/∂logit_v, the mean that a policy which draws from p sees. */
const meanSlope = (
  p: readonly number[],
  moved: readonly number[],
  v: number,
  of: (token: number) => number,
) => {
  const [logP, logMoved] = [logSoftmax(p), logSoftmax(moved)];
  return logP.reduce(
    (sum, log, o) => sum + Math.exp(log) * of(o) * ((o === v ? 1 : 0) - Math.exp(logMoved[v]!)),
    0,
  );
};

const P = [0.3, -1.2, 0.8, 0];
const Q = [1.1, -0.4, -0.9, 0.2];
const [LOG_P, LOG_Q] = [logSoftmax(P), logSoftmax(Q)];

describe("sampledDivergence", () => {
  test("has values and slopes that can be checked on paper", () => {
    const [p, q] = [Math.log(0.5), Math.log(0.25)];
    expect(sampledDivergence("estimate", p, q)).toEqual({
      value: expect.closeTo(Math.LN2 - 0.5, 15),
      first: expect.closeTo(0.5, 15),
      second: expect.closeTo(-0.5, 15),
    });
    expect(sampledDivergence("forward", p, q).first).toBeCloseTo(Math.LN2, 15);
    expect(sampledDivergence("reverse", p, q)).toEqual({
      value: expect.closeTo(0.5 - 0.5 * Math.LN2, 15),
      first: expect.closeTo(0.5, 15),
      second: expect.closeTo(-0.5 * Math.LN2, 15),
    });
  });

  test("estimates the divergence that it names", () => {
    for (const direction of DIVERGENCE_DIRECTIONS) {
      const found = LOG_P.reduce(
        (sum, log, o) => sum + Math.exp(log) * sampledDivergence(direction, log, LOG_Q[o]!).value,
        0,
      );
      expect(found).toBeCloseTo(direction === "reverse" ? exact(Q, P) : exact(P, Q), 12);
    }
  });

  test("has slopes whose means are the gradients that it names, in both distributions", () => {
    const gradients = {
      forward: [exact, exact],
      reverse: [(p: typeof P, q: typeof Q) => exact(q, p), (p: typeof P, q: typeof Q) => exact(q, p)],
      estimate: [(p: typeof P, q: typeof Q) => exact(q, p), exact],
    } as const;
    for (const direction of DIVERGENCE_DIRECTIONS) {
      const at = (o: number) => sampledDivergence(direction, LOG_P[o]!, LOG_Q[o]!);
      for (const v of P.keys()) {
        const [first, second] = gradients[direction];
        expect(meanSlope(P, P, v, (o) => at(o).first)).toBeCloseTo(
          slope((p) => first([...p], Q), P, v),
          8,
        );
        expect(meanSlope(P, Q, v, (o) => at(o).second)).toBeCloseTo(
          slope((q) => second(P, [...q]), Q, v),
          8,
        );
      }
    }
  });

  test("as an estimate differentiated does not follow the divergence that it reports", () => {
    const found = meanSlope(P, P, 0, (o) => sampledDivergence("estimate", LOG_P[o]!, LOG_Q[o]!).first);
    expect(Math.abs(found - slope((p) => exact([...p], Q), P, 0))).toBeGreaterThan(0.01);
  });

  test("is 0 without slope where both agree, ≥ 0 everywhere, and held at its bound however far they are apart", () => {
    for (const direction of DIVERGENCE_DIRECTIONS) {
      const same = sampledDivergence(direction, -1.3, -1.3);
      expect([same.value, Math.abs(same.first), Math.abs(same.second)]).toEqual([0, 0, 0]);
      expect(sampledDivergence(direction, -900, -0.1, 10)).toEqual({ value: 10, first: 0, second: 0 });
      const { value, first } = sampledDivergence(direction, -2, -1);
      expect(sampledDivergence(direction, -2, -1, value)).toEqual({ value, first: 0, second: 0 });
      expect(sampledDivergence(direction, -2, -1, value + 1e-9).first).toBe(first);
      fc.assert(
        fc.property(
          fc.double({ min: -50, max: 0, noNaN: true }),
          fc.double({ min: -50, max: 0, noNaN: true }),
          (p, q) => {
            const { value, first, second } = sampledDivergence(direction, p, q, 10);
            expect(value).toBeGreaterThanOrEqual(-1e-12);
            expect([value, first, second].every(Number.isFinite)).toBe(true);
          },
        ),
      );
    }
  });
});
