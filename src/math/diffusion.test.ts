import { describe, expect, test } from "vitest";
import { NumericError } from "../errors/index.ts";
import { annealedSteps, diffusionKept } from "./diffusion.ts";

describe("diffusionKept", () => {
  test("is the forward process's cumulative product, and 1 without steps", () => {
    expect(diffusionKept(0)).toBe(1);
    // 1 − ᾱ₁ is the sum of the first two betas, less their product.
    const beta = (i: number) => (5e-3 - 1e-5) / (1 + Math.exp(6 - (12 * i) / 999)) + 1e-5;
    expect(1 - diffusionKept(1)).toBeCloseTo(beta(0) + beta(1) - beta(0) * beta(1), 12);
    // Deviations of the noise that NoisyRollout's reimplementers print: 0.15 at 250, 0.41 at 450, 0.50 at 500.
    expect(Math.sqrt(1 - diffusionKept(250))).toBeCloseTo(0.147, 3);
    expect(Math.sqrt(1 - diffusionKept(450))).toBeCloseTo(0.413, 3);
    expect(Math.sqrt(1 - diffusionKept(500))).toBeCloseTo(0.505, 3);
  });

  test("falls with every step", () => {
    const all = Array.from({ length: 1000 }, (_, step) => diffusionKept(step));
    expect(all.slice(1).every((value, i) => value < all[i]! && value > 0)).toBe(true);
  });

  test.each([-1, 0.5, 1000, Number.NaN])("refuses step %s", (step) => {
    expect(() => diffusionKept(step)).toThrow(NumericError);
  });
});

describe("annealedSteps", () => {
  const geometry = { initial: 500, slope: 30, middle: 40 / 60 };

  test("begins near all steps, has half of them at its middle, and ends near none", () => {
    expect(annealedSteps(geometry, 0)).toBe(499);
    expect(annealedSteps(geometry, 40 / 60)).toBe(250);
    expect(annealedSteps(geometry, 1)).toBe(0);
  });

  test("never rises over a run", () => {
    const all = Array.from({ length: 61 }, (_, i) => annealedSteps(geometry, i / 60));
    expect(all.slice(1).every((steps, i) => steps <= all[i]!)).toBe(true);
  });

  test("is 0 from the start where there are none, and refuses a place outside the run", () => {
    expect(annealedSteps({ ...geometry, initial: 0 }, 0)).toBe(0);
    expect(() => annealedSteps(geometry, 1.01)).toThrow(NumericError);
    expect(() => annealedSteps(geometry, Number.NaN)).toThrow("progress");
  });
});
