/** Numbers that lie on a threshold of a method exactly. Each of them has no rounding in binary. */
import { describe, expect, test } from "vitest";
import { dycoRl, dycoRlReleased } from "./index.ts";
import { expanded, refined } from "./methods/at-rl/importance.ts";
import { cppoTokens } from "./methods/cppo.ts";
import { entropyAdvantage } from "./methods/entropy-advantage.ts";
import { gtpo } from "./methods/gtpo.ts";
import { highEntropyTokens } from "./methods/high-entropy-tokens.ts";
import { mocaShift } from "./methods/moca.ts";
import { pgpo } from "./methods/pgpo.ts";
import { tpae } from "./methods/tpae.ts";
import { vepo } from "./methods/vepo.ts";
import { vppo } from "./methods/vppo.ts";

describe("AT-RL", () => {
  test("keeps the importance of a token whose cosine is the threshold", () => {
    const kept = refined(Float64Array.of(1, 1, 1), [0.5, 0.49, 0.51], { threshold: 0.5, attenuation: 0.25 });
    expect([...kept]).toEqual([1, 0.25, 1]);
  });

  test("raises no neighbour whose evidence is the threshold", () => {
    const nearest = () => ({ width: 2, tokens: Int32Array.of(1, -1), cosines: Float64Array.of(0.5, 0) });
    const raised = (threshold: number) =>
      expanded(Float64Array.of(1, 0.25), nearest, {
        anchorShare: 0.5,
        threshold,
        similarityWeight: 1,
        importanceWeight: 1,
      });
    // Evidence 0.5 + 0.25; what the anchor passes on is 0.5.
    expect([...raised(0.75)]).toEqual([1, 0.25]);
    expect([...raised(0.74)]).toEqual([1, 0.5]);
  });
});

describe("DyCo-RL", () => {
  /** The first token is neutral for any shifts. */
  const input = (...shifts: [visual: number, text: number][]) => {
    const all = [[1, 0] as const, ...shifts];
    return {
      visualMass: Float64Array.from(all, () => 0.75),
      textMass: Float64Array.from(all, () => 0.25),
      visualShift: Float64Array.from(all, ([visual]) => visual),
      textShift: Float64Array.from(all, ([, text]) => text),
    };
  };
  const shifts = input([0.5, 0.25], [0.25, 0.5], [0.75, 0.25], [0.25, 0.75], [0.5, 0.5]);

  test("has neutral tokens where shifts differ by the threshold, and in the released code where they are equal", () => {
    const options = { threshold: 0.25 };
    expect(dycoRl(shifts, options).roles).toEqual([
      "neutral",
      "neutral",
      "neutral",
      "visual",
      "text",
      "neutral",
    ]);
    const [released] = dycoRlReleased([shifts], options);
    expect(released!.roles).toEqual(["neutral", "visual", "neutral", "visual", "text", "neutral"]);
  });

  test("takes a completion of as many tokens as the limit for a long one", () => {
    const weight = (shortCompletion: number) =>
      dycoRlReleased([shifts], { shortCompletion, alpha: 0.25 })[0]!.weights[0];
    expect([weight(6), weight(7)]).toEqual([1, 0.75]);
  });

  test("aligns by the mass of the role, and not at all without mass", () => {
    expect([...dycoRl(shifts, { threshold: 0.25 }).alignment]).toEqual([0, 0, 0, 0.75, 0.25, 0]);
    const dark = { ...shifts, visualMass: new Float64Array(6), textMass: new Float64Array(6) };
    expect([...dycoRl(dark, { threshold: 0.25 }).alignment]).toEqual([0, 0, 0, 0, 0, 0]);
  });
});

describe("right completions", () => {
  test("of GTPO have the reward from which on a completion counts as right, or more", () => {
    const group = (reward: number | null) =>
      gtpo([
        { entropy: [1], reward },
        { entropy: [1], reward: 0 },
      ]);
    expect(group(0.5)).toBeDefined();
    expect(group(0.499)).toBeUndefined();
    expect(group(null)).toBeUndefined();
    expect(
      gtpo([
        { entropy: [1], reward: 1 },
        { entropy: [1], reward: 1 },
      ]),
    ).toBeUndefined();
    expect(
      gtpo([
        { entropy: [1], reward: 1 },
        { entropy: [1], reward: 0, mask: [0] },
      ]),
    ).toBeUndefined();
  });

  test("of TPAE too, with as many tokens of an id as are asked for", () => {
    const right = { divergence: [0, 1, 0], entropy: [0, 0, 1], tokens: [7, 7, 7] };
    const wrong = { divergence: [90], entropy: [90], tokens: [7], reward: 0 };
    const penalty = (reward: number | null, options: object = {}, mask?: number[]) =>
      tpae([{ ...right, reward, mask }, wrong], options)[1]![0];
    expect(penalty(0.5)).toBeCloseTo(-0.5, 9);
    expect(penalty(0.499)).toBe(0);
    expect(penalty(null)).toBe(0);
    expect(penalty(1, { leastCount: 3 })).toBeCloseTo(-0.5, 9);
    expect(penalty(1, { leastCount: 4 })).toBe(0);
    expect(penalty(1, {}, [1, 1, 0])).toBe(0);
  });
});

describe("shares and bounds", () => {
  test("80/20 keeps every token of the entropy at the threshold", () => {
    const kept = (share: number) => [
      ...highEntropyTokens([{ entropy: [1, 3, 2, 2, 0] }], { share })[0]!.weights,
    ];
    // The quantile at a half of 0, 1, 2, 2, 3 is 2.
    expect(kept(0.5)).toEqual([0, 1, 1, 1, 0]);
    expect(kept(0)).toEqual([0, 1, 0, 0, 0]);
    expect(kept(1)).toEqual([1, 1, 1, 1, 1]);
  });

  test("CPPO takes every token that ties with the least gain it takes", () => {
    const input = { entropy: [0, 0.5, 0.5, 1], lostEntropy: [1, 1, 1, 1], advantage: 1 };
    expect([...cppoTokens(input, { tokenShare: 0.7 })]).toEqual([1, 1, 1, 0]);
    expect([...cppoTokens(input, { tokenShare: 1 / 3 })]).toEqual([1, 0, 0, 0]);
  });

  test("entropy shapes an advantage up to a κ-th of it, in the direction of its sign", () => {
    const weights = (entropy: number, advantage: number) =>
      entropyAdvantage({ entropy: [entropy], advantage }, { alpha: 0.5, kappa: 4 }).weights[0];
    // α·H/|A| is ¼ at H = 1 and A = ±2, where 1/κ begins to bind.
    expect([weights(0.5, 2), weights(1, 2), weights(4, 2)]).toEqual([1.125, 1.25, 1.25]);
    expect([weights(0.5, -2), weights(1, -2), weights(4, -2)]).toEqual([0.875, 0.75, 0.75]);
    expect([weights(4, 0), weights(-1e-5, 2)]).toEqual([1, 1]);
  });

  test("MoCA's shift is between the raise and the lowering, after a wrong answer alone", () => {
    const options = { raise: 0.5, lower: 0.25 };
    expect([0, 0.5, 1].map((description) => mocaShift(0, description, options))).toEqual([-0.25, 0.125, 0.5]);
    for (const verdict of [1, 0.5, null, undefined]) expect(mocaShift(verdict, 1, options)).toBe(0);
    expect(mocaShift(0, undefined, options)).toBe(0);
  });

  test("VPPO scales completions only where their dependences differ by more than a millionth", () => {
    const completion = (divergence: number) => ({
      logprobs: [-1],
      ablatedLogprobs: [-1],
      divergence: [divergence],
    });
    const scales = (...divergences: number[]) =>
      vppo(divergences.map(completion), { score: "divergence", minScale: 0.5, tokenShare: 1 }).map(
        ({ scale }) => scale,
      );
    expect(scales(0, 1e-6)).toEqual([1, 1]);
    expect(scales(0, 2e-6)).toEqual([0.5, 1.5]);
    // Shares 0, ½ and 1 have the mean ½: the slope is (1 − ½)/½.
    expect(scales(1, 2, 3)).toEqual([0.5, 1, 1.5]);
    // A dependence counts up to 10.
    expect(scales(0, 10, 50)).toEqual([0.5, 1.25, 1.25]);
  });

  test("PGPO's most dependent token gains the boost, a token at the threshold nothing", () => {
    const [a, b] = [Math.expm1(1), Math.expm1(2)];
    const input = { logprobs: [-1, -1, -1], ablatedLogprobs: [-1, -1, -1], divergence: [0, a, b] };
    const weights = pgpo(input, { score: "divergence", threshold: 0.5, boost: 2 }).weights;
    // log(1 + D) is 0, 1, 2: normalised 0, ½ and 1, weights 0, 1 and 3, divided by their mean.
    expect(weights).toBeAllclose([0, 3 / 4, 9 / 4], { rtol: 1e-6 });
  });

  test("VEPO has a score for each variant, by hand", () => {
    const input = { divergence: [0, 1, 2], entropy: [0, 1, 4], ablatedEntropy: [0, 5, 4] };
    // Normalised: divergence 0, ½, 1; gap of entropies 0, 1, 0; entropy 0, ¼, 1.
    const scores = (score: "gated" | "ungated" | "linear" | "product") =>
      vepo(input, { score, alpha: 0.5 }).scores;
    expect(scores("gated")).toBeAllclose([0, 0.25, 1]);
    expect(scores("ungated")).toBeAllclose([0, 1, 1]);
    expect(scores("linear")).toBeAllclose([0, 0.1875, 0.5]);
    expect(scores("product")).toBeAllclose([0, 0.125, 0]);
    expect([...vepo(input, { tokenShare: 0 }).weights]).toEqual([0, 0, 0]);
    expect([...vepo(input, { tokenShare: 1 / 3, boost: 0.5 }).weights]).toEqual([1, 1, 1.5]);
    expect([...vepo({ ...input, mask: [0, 1, 1] }, { tokenShare: 0.5, boost: 0.5 }).weights]).toEqual([
      0, 1, 1.5,
    ]);
  });
});
