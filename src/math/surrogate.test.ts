import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { clampedRatio, clippedSurrogate, softGateSurrogate } from "./surrogate.ts";

const clip = { clipLow: 0.2, clipHigh: 0.28 };
const ratio = fc.double({ min: 0.01, max: 5, noNaN: true });
const advantage = fc.double({ min: -3, max: 3, noNaN: true });

describe("clippedSurrogate", () => {
  test.each([
    ["inside the trust region", 1.1, 2, 2.2, 2, "none"],
    ["too high with a positive advantage", 1.5, 2, 2.56, 0, "high"],
    ["too high with a negative advantage: the pessimistic side learns", 1.5, -2, -3, -2, "none"],
    ["too low with a positive advantage: the pessimistic side learns", 0.5, 2, 1, 2, "none"],
    ["too low with a negative advantage", 0.5, -2, -1.6, 0, "low"],
    ["advantage 0, however far the ratio", 1e300, 0, 0, 0, "none"],
    ["an infinite ratio without advantage", Number.POSITIVE_INFINITY, 0, 0, 0, "none"],
  ])("%s", (_, rho, a, value, derivative, clipped) => {
    const got = clippedSurrogate(rho, a, clip);
    expect(got.value).toBeCloseTo(value, 12);
    expect(got.derivative).toBe(derivative);
    expect(got.clipped).toBe(clipped);
  });

  test("still learns with a ratio exactly on any bound", () => {
    expect(clippedSurrogate(1 + clip.clipHigh, 2, clip).derivative).toBe(2);
    expect(clippedSurrogate(1 - clip.clipLow, -2, clip).derivative).toBe(-2);
    expect(clippedSurrogate(3, -2, { ...clip, dualClip: 3 }).derivative).toBe(-2);
  });

  test("is bounded from below by dual clip, for negative advantages only", () => {
    const dual = { ...clip, dualClip: 3 };
    expect(clippedSurrogate(4, -2, dual)).toEqual({ value: -6, derivative: 0, clipped: "dual" });
    expect(clippedSurrogate(2.9, -2, dual).derivative).toBe(-2);
    expect(clippedSurrogate(4, 2, dual).clipped).toBe("high");
    expect(clippedSurrogate(4, 2, { ...dual, clipHigh: 9 })).toEqual({
      value: 8,
      derivative: 2,
      clipped: "none",
    });
    expect(clippedSurrogate(1e9, -2, { ...clip, dualClip: undefined }).clipped).toBe("none");
  });

  test("never exceeds the unclipped surrogate, and equals it with infinite bounds", () => {
    const open = { clipLow: Number.POSITIVE_INFINITY, clipHigh: Number.POSITIVE_INFINITY };
    fc.assert(
      fc.property(ratio, advantage, (rho, a) => {
        expect(clippedSurrogate(rho, a, clip).value).toBeLessThanOrEqual(rho * a + 1e-12);
        expect(clippedSurrogate(rho, a, open).value).toBeCloseTo(rho * a, 12);
      }),
    );
  });

  test("has the slope that central differences find", () => {
    fc.assert(
      fc.property(ratio, advantage, (rho, a) => {
        fc.pre([0.8, 1.28, 3].every((kink) => Math.abs(rho - kink) > 1e-4));
        const f = (x: number) => clippedSurrogate(x, a, { ...clip, dualClip: 3 }).value;
        const slope = (f(rho + 1e-6) - f(rho - 1e-6)) / 2e-6;
        expect(clippedSurrogate(rho, a, { ...clip, dualClip: 3 }).derivative).toBeCloseTo(slope, 6);
      }),
    );
  });
});

describe("softGateSurrogate", () => {
  const gate = { temperaturePositive: 1, temperatureNegative: 1.05 };

  test("has value 2·A/τ and slope A at ratio 1", () => {
    expect(softGateSurrogate(1, 3, gate)).toEqual({ value: 6, derivative: 3, clipped: "none" });
    expect(softGateSurrogate(1, -3, gate).value).toBeCloseTo(-6 / 1.05, 12);
    expect(softGateSurrogate(1, -3, gate).derivative).toBe(-3);
  });

  test("is 0 with slope 0 for advantage 0, for any temperatures", () => {
    expect(softGateSurrogate(4, 0, gate)).toEqual({ value: 0, derivative: 0, clipped: "none" });
  });

  test("takes the temperature of the sign of the advantage", () => {
    const two = { temperaturePositive: 2, temperatureNegative: 4 };
    // 4/τ·σ(τ·(ρ − 1))·A at ρ = 1 + ln 3 / τ, where σ is ¾; the slope is 4·¾·¼·A.
    const above = softGateSurrogate(1 + Math.log(3) / 2, 1, two);
    expect([above.value, above.derivative]).toBeAllclose([1.5, 0.75]);
    const below = softGateSurrogate(1 + Math.log(3) / 4, -1, two);
    expect([below.value, below.derivative]).toBeAllclose([-0.75, -0.75]);
  });

  test("has the slope that central differences find", () => {
    fc.assert(
      fc.property(ratio, advantage, (rho, a) => {
        const f = (x: number) => softGateSurrogate(x, a, gate).value;
        const slope = (f(rho + 1e-5) - f(rho - 1e-5)) / 2e-5;
        expect(softGateSurrogate(rho, a, gate).derivative).toBeCloseTo(slope, 6);
      }),
    );
  });
});

test("clampedRatio holds the ratio within its bounds", () => {
  expect([0.1, 1.1, 9].map((rho) => clampedRatio(rho, clip))).toEqual([0.8, 1.1, 1.28]);
  const wide = { clipLow: 1, clipHigh: Infinity };
  expect([0, 0.3, 1e9].map((rho) => clampedRatio(rho, wide))).toEqual([0, 0.3, 1e9]);
});
