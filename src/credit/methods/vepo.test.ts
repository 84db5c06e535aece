import { describe, expect, test } from "vitest";
import { NumericError, ShapeError } from "../../errors/index.ts";
import { recordedBatches } from "../../testing/recorded-credit.ts";
import { vepo, vepoCredit } from "./vepo.ts";

const input = {
  divergence: [0, 1, 0.5, 0],
  entropy: [0, 2, 1, 2],
  ablatedEntropy: [0, 2, 3, 2],
};

describe("vepo", () => {
  test("has scores and weights that can be checked on paper", () => {
    // ĵ = 0, 1, ½, 0; d̂ = 0, 0, 1, 0; ĥ = 0, 1, ½, 1. s = 0, 1, (1 − √½·0)·½, 0.
    const { scores, weights } = vepo(input, { alpha: 0.5, tokenShare: 0.5 });
    expect(scores).toBeAllclose([0, 1, 0.5, 0]);
    expect([...weights]).toEqual([0, 2, 2, 0]);
    expect([...vepo(input, { alpha: 0.5, tokenShare: 0.5, boost: 0.5 }).weights]).toEqual([1, 1.5, 1.5, 1]);
  });

  describe.each(recordedBatches)(
    "agrees with the authors' code: $name",
    ({ completions, vepo: recorded }) => {
      test.each(recorded)(
        "$score, α $alpha, share $tokenShare",
        ({ score, alpha, tokenShare, scores, chosen }) => {
          completions.forEach(({ divergence, jensenShannon, entropy, ablatedEntropy, mask }, i) => {
            const compared = score === "kl" ? divergence : jensenShannon;
            const found = vepo(
              { divergence: compared, entropy, ablatedEntropy, mask },
              { score, alpha, tokenShare },
            );
            expect(found.scores).toBeAllclose(scores[i]!, { rtol: 1e-7, atol: 1e-7 });
            const least = Math.min(...scores[i]!.filter((_, t) => chosen[i]![t] === 1));
            // The code leaves ties to its sort, and its mask is made in single precision.
            const isTied =
              scores[i]!.filter((own, t) => mask[t] === 1 && Math.abs(own - least) < 1e-6).length > 1;
            if (!isTied) expect([...found.weights].map((weight) => Math.sign(weight))).toEqual(chosen[i]!);
            else
              expect(found.weights.filter((own) => own > 0)).toHaveLength(
                chosen[i]!.filter((own) => own === 1).length,
              );
          });
        },
      );
    },
  );

  test("weighs as the authors' mean over chosen tokens does, for every share", () => {
    const { weights } = vepo(input, { tokenShare: 0.3 });
    expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(4, 12);
  });

  test("equal views give score 0 everywhere, and of the ties the earlier tokens learn", () => {
    const { scores, weights } = vepo({ ...input, divergence: [0, 0, 0, 0], ablatedEntropy: input.entropy });
    expect([...scores]).toEqual([0, 0, 0, 0]);
    expect([...weights]).toEqual([4, 0, 0, 0]);
  });

  test("the surest token is silenced, but not without the gate", () => {
    const seen = { ...input, divergence: [9, 1, 0.5, 0] };
    expect(vepo(seen).scores[0]).toBe(0);
    expect(vepo(seen, { score: "ungated" }).scores[0]).toBe(1);
  });

  test("α 1 ignores the entropy gap, and α 0 the divergence", () => {
    const other = { ...input, ablatedEntropy: [5, 0, 0, 0] };
    expect(vepo(input, { alpha: 1 }).scores).toEqual(vepo(other, { alpha: 1 }).scores);
    const changed = { ...input, divergence: [5, 0, 0, 9] };
    expect(vepo(input, { alpha: 0 }).scores).toEqual(vepo(changed, { alpha: 0 }).scores);
  });

  test("is defined for one token, constant signals and none", () => {
    const one = { divergence: [1], entropy: [1], ablatedEntropy: [2] };
    expect([...vepo(one).weights]).toEqual([1]);
    expect(vepo({ divergence: [], entropy: [], ablatedEntropy: [] }).weights).toHaveLength(0);
    expect([...vepo({ divergence: [1, 1], entropy: [1, 1], ablatedEntropy: [1, 1] }).scores]).toEqual([0, 0]);
    expect([...vepo(input, { tokenShare: 0 }).weights]).toEqual([0, 0, 0, 0]);
  });

  test("rejects impossible signals and options", () => {
    expect(() => vepo({ ...input, mask: [1] })).toThrow(ShapeError);
    for (const name of ["divergence", "entropy", "ablatedEntropy"]) {
      expect(() => vepo({ ...input, [name]: [0, Number.NaN, 0, 0] })).toThrow(NumericError);
    }
    expect(() => vepo(input, { alpha: 1.1 })).toThrow(NumericError);
  });
});

test("the fault of the authors' code makes the noise √n as strong, and changes no other view", () => {
  const sigmaOf = (options: object) => {
    const { needs } = vepoCredit.create(vepoCredit.schema.parse({ kind: "vepo", ...options }), undefined);
    const { image } = needs.ablation!;
    return image.kind === "noise" ? image.sigma : undefined;
  };
  expect(sigmaOf({})).toBe(137);
  expect(sigmaOf({ noiseRepeats: 12 })).toBeCloseTo(137 * Math.sqrt(12), 9);
  expect(sigmaOf({ noiseRepeats: 12, image: { kind: "black" } })).toBeUndefined();
});
