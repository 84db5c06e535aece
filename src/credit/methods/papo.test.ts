import { describe, expect, test } from "vitest";
import { NumericError, ShapeError } from "../../errors/index.ts";
import { creditMethod, creditSchema } from "../registry.ts";
import { papo } from "./papo.ts";

const half = Math.log(0.5);

describe("papo", () => {
  test("weighs no token and hands the objective what its perception term needs", () => {
    const input = { logprobs: [half, -1, -2], ablatedLogprobs: [2 * half, -1, -9], mask: [1, 1, 0] };
    const { weights, perception } = papo(input, { coefficient: 0.02, bound: 0.2, entropyPenalty: 0.03 });
    expect([...weights]).toEqual([1, 1, 0]);
    expect(perception!.ablatedLogprobs).toBeAllclose([2 * half, -1, 0]);
    expect(perception!.coefficients).toBeAllclose([0.02, 0.02, 0]);
    expect(perception).toMatchObject({ bound: 0.2, entropyPenalty: 0.03 });
  });

  test("takes in the share of tokens whose KL is highest, up or down", () => {
    const input = { logprobs: [-1, -1, -4, -1], ablatedLogprobs: [-1.1, -5, -1, -1] };
    const share = (tokenShare: number) => [
      ...papo(input, { tokenShare, coefficient: 1 }).perception!.coefficients,
    ];
    // k3 of d = 4 is 3.02, of d = −3 it is e³ − 4 = 16.1.
    expect(share(0.25)).toEqual([0, 0, 1, 0]);
    expect(share(0.5)).toEqual([0, 1, 1, 0]);
    expect(share(0)).toEqual([0, 0, 0, 0]);
    const many = { logprobs: new Float64Array(25).fill(-1), ablatedLogprobs: new Float64Array(25).fill(-2) };
    const { coefficients } = papo(many, { tokenShare: 0.28, coefficient: 1 }).perception!;
    expect(coefficients.filter((gamma) => gamma > 0)).toHaveLength(7);
  });

  test("lets masked tokens be anything, and is defined without tokens", () => {
    const padded = papo({ logprobs: [-1, Number.NaN], ablatedLogprobs: [-2, 4], mask: [1, 0] });
    expect([...padded.perception!.ablatedLogprobs]).toEqual([-2, 0]);
    expect(papo({ logprobs: [], ablatedLogprobs: [] }).perception!.coefficients).toHaveLength(0);
  });

  test("rejects wrong lengths, numbers that are no log-probs, and impossible options", () => {
    const good = { logprobs: [-1, -2], ablatedLogprobs: [-1, -2] };
    expect(() => papo({ ...good, ablatedLogprobs: [-1] })).toThrow(ShapeError);
    expect(() => papo({ ...good, mask: [1] })).toThrow(ShapeError);
    for (const wrong of [Number.NaN, -Infinity, 1]) {
      expect(() => papo({ ...good, ablatedLogprobs: [-1, wrong] })).toThrow(NumericError);
    }
    for (const wrong of [Number.NaN, Infinity, -1]) {
      expect(() => papo(good, { coefficient: wrong })).toThrow(NumericError);
      expect(() => papo(good, { bound: wrong })).toThrow(NumericError);
      expect(() => papo(good, { entropyPenalty: wrong })).toThrow(NumericError);
      expect(() => papo(good, { tokenShare: wrong })).toThrow(NumericError);
    }
  });
});

describe("papo and kl-prcp as configuration", () => {
  test("differ in the image they compare with, and in the options of PAPO alone", () => {
    const needs = (config: object) => creditMethod(creditSchema.parse(config)).needs;
    expect(needs({ kind: "papo" })).toEqual({
      ablation: {
        image: { kind: "blacken-patches", probability: 0.6, patch: 14, seed: 0 },
        divergence: false,
      },
    });
    expect(needs({ kind: "kl-prcp" })).toEqual({
      ablation: { image: { kind: "discard" }, divergence: false },
    });
    expect(creditSchema.safeParse({ kind: "kl-prcp", entropyPenalty: 0.03 }).success).toBe(false);
  });

  test("hand the same term on from the same signals", () => {
    const signals = { ablation: { given: Float64Array.of(-1, -2), ablated: Float64Array.of(-3, -2) } };
    const credit = (config: object) =>
      creditMethod(creditSchema.parse(config)).credit([[{ mask: [1, 1], signals }]])[0]![0]!;
    expect(credit({ kind: "papo", coefficient: 0.5 })).toEqual(credit({ kind: "kl-prcp", coefficient: 0.5 }));
    expect([...credit({ kind: "papo", coefficient: 0.5 }).perception!.coefficients]).toEqual([0.5, 0.5]);
  });
});
