import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { type DycoRlReleasedOptions, dycoRlReleased } from "./released.ts";
import type { DycoRlInput } from "./token-role.ts";

type Signals = Record<"visualMass" | "textMass" | "visualShift" | "textShift", number[]>;
const path = new URL("../../../../fixtures/credit/dyco-rl.json", import.meta.url);
const recorded: { batch: Signals[]; weights: number[]; weightsWithoutShort: number[] } = JSON.parse(
  readFileSync(path, "utf8"),
).released;
const batch: DycoRlInput[] = recorded.batch.map((signals) => ({
  visualMass: Float64Array.from(signals.visualMass),
  textMass: Float64Array.from(signals.textMass),
  visualShift: Float64Array.from(signals.visualShift),
  textShift: Float64Array.from(signals.textShift),
}));
const scalars = (options?: { shortCompletion?: number }) =>
  dycoRlReleased(batch, options).map(({ weights }) => {
    expect(new Set(weights).size).toBe(1);
    return weights[0]!;
  });

describe("dycoRlReleased", () => {
  test("agrees with the released computation in torch, short completions included", () => {
    expect(scalars()).toBeAllclose(recorded.weights, { rtol: 1e-9 });
    expect(scalars({ shortCompletion: 0 })).toBeAllclose(recorded.weightsWithoutShort, { rtol: 1e-9 });
  });

  test("gives completions under 60 tokens the lowest weight", () => {
    expect(scalars()[3]).toBe(0.8);
    expect(scalars({ shortCompletion: 0 })[3]).not.toBe(0.8);
  });

  test("shrinks short completions by their length where asked, at the limit that is given", () => {
    const one = (tokens: number): DycoRlInput => ({
      visualMass: new Float64Array(tokens).fill(0.5),
      textMass: new Float64Array(tokens).fill(0.5),
      visualShift: new Float64Array(tokens),
      textShift: new Float64Array(tokens),
    });
    const weight = (tokens: number, options: DycoRlReleasedOptions) =>
      dycoRlReleased([one(tokens)], options)[0]!.weights[0];
    // A batch of one scores 0, a short completion −1: 0.8·30/60, 0.8·60/150.
    expect(weight(30, { lengthFactor: true })).toBeCloseTo(0.4, 12);
    expect(weight(30, {})).toBe(0.8);
    expect(weight(60, { lengthFactor: true })).toBe(1);
    expect(weight(60, { lengthFactor: true, shortCompletion: 150 })).toBeCloseTo(0.32, 12);
    expect(weight(60, { lengthFactor: true, shortCompletion: 0 })).toBe(1);
    expect(dycoRlReleased([one(0)], { lengthFactor: true })[0]!.weights).toHaveLength(0);
  });

  test("calls a token visual without margin and text only beyond the margin", () => {
    const tokens = {
      visualMass: Float64Array.of(1, 1, 1, 1),
      textMass: Float64Array.of(1, 1, 1, 1),
      visualShift: Float64Array.of(0, 0.01, 0, 0),
      textShift: Float64Array.of(0, 0, 0.04, 0.06),
    };
    expect(dycoRlReleased([tokens])[0]!.roles).toEqual(["neutral", "visual", "neutral", "text"]);
  });

  test("does not reweight a batch without spread, whose completions are all neutral", () => {
    const still = {
      visualMass: new Float64Array(60).fill(0.5),
      textMass: new Float64Array(60).fill(0.5),
      visualShift: new Float64Array(60),
      textShift: new Float64Array(60),
    };
    const credits = dycoRlReleased([still, still]);
    expect(credits.map(({ weights }) => weights[0])).toEqual([1, 1]);
    expect(dycoRlReleased([])).toEqual([]);
  });

  test("ignores masked tokens, in length as in score", () => {
    const padded = batch.map((signals) => ({
      visualMass: Float64Array.of(...signals.visualMass, 1),
      textMass: Float64Array.of(...signals.textMass, 0),
      visualShift: Float64Array.of(...signals.visualShift, 3),
      textShift: Float64Array.of(...signals.textShift, 0),
      mask: [...signals.visualMass].map(() => 1).concat(0),
    }));
    dycoRlReleased(padded).forEach(({ weights }, i) => {
      expect(weights[0]).toBe(dycoRlReleased(batch)[i]!.weights[0]);
      expect(weights.at(-1)).toBe(0);
    });
  });
});
