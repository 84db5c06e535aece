import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { NumericError, ShapeError } from "../../errors/index.ts";
import type { TwoViews } from "../two-views.ts";
import { vppo, vppoCredit } from "./vppo.ts";

interface Recorded {
  name: string;
  completions: { given: number[]; ablated: number[]; mask: number[] }[];
  vppo: {
    tokenShare: number;
    minScale: number;
    credits: { scale: number; dependence: number[]; weights: number[] }[];
  }[];
}
const path = new URL("../../../fixtures/credit/rivals.json", import.meta.url);
const batches: Recorded[] = JSON.parse(readFileSync(path, "utf8")).batches;

const completion = (logprobs: number[], ablatedLogprobs: number[], mask?: number[]): TwoViews => ({
  logprobs,
  ablatedLogprobs,
  mask,
});
const logprob = fc.double({ min: -40, max: 0, noNaN: true });
const anyCompletion = fc.array(fc.tuple(logprob, logprob), { minLength: 1, maxLength: 12 }).map((rows) =>
  completion(
    rows.map(([given]) => given),
    rows.map(([, ablated]) => ablated),
  ),
);

describe("vppo", () => {
  test("has dependences, tokens and scales that can be checked on paper", () => {
    const ln2 = Math.log(2);
    // x = −ln 2, 0 and ln 2: e^x − x − 1 = ln 2 − 1/2, 0 and 1 − ln 2.
    const [seen, blind] = vppo(
      [completion([-1, -1, -1 - ln2], [-1 - ln2, -1, -1]), completion([-1, -2, -3], [-1, -2, -3])],
      { tokenShare: 0.3 },
    );
    expect(seen!.dependence).toBeAllclose([ln2 - 0.5, 0, 1 - ln2], { atol: 1e-15 });
    expect(blind!.dependence).toBeAllclose([0, 0, 0]);
    // n = 1 and 0, so b = 0.9 + 0.1 / 0.5 = 1.1.
    expect(seen!.weights).toBeAllclose([0, 0, 1.1]);
    expect(blind!.weights).toBeAllclose([0.9, 0, 0]);
  });

  describe.each(batches)("agrees with torch: $name", ({ completions, vppo: recorded }) => {
    test.each(recorded)("share $tokenShare, least scale $minScale", ({ tokenShare, minScale, credits }) => {
      const inputs = completions.map(({ given, ablated, mask }) => completion(given, ablated, mask));
      vppo(inputs, { tokenShare, minScale }).forEach(({ weights, dependence, scale }, i) => {
        expect(dependence).toBeAllclose(credits[i]!.dependence, { rtol: 1e-9, atol: 1e-12 });
        expect([scale]).toBeAllclose([credits[i]!.scale]);
        expect(weights).toBeAllclose(credits[i]!.weights);
      });
    });
  });

  test("scales average to 1 over the batch, none below the least scale", () => {
    fc.assert(
      fc.property(fc.array(anyCompletion, { minLength: 1, maxLength: 8 }), (batch) => {
        const scales = vppo(batch).map(({ scale }) => scale);
        expect(scales.reduce((sum, scale) => sum + scale, 0) / scales.length).toBeCloseTo(1, 9);
        expect(Math.min(...scales)).toBeGreaterThanOrEqual(0.9 - 1e-12);
      }),
    );
  });

  test("keeps the share of tokens with the highest dependence, rounded up", () => {
    fc.assert(
      fc.property(anyCompletion, (one) => {
        const [{ weights, dependence }] = vppo([one]) as [ReturnType<typeof vppo>[number]];
        const kept = [...dependence].filter((_, t) => weights[t] !== 0);
        const left = [...dependence].filter((_, t) => weights[t] === 0);
        expect(kept).toHaveLength(Math.ceil(0.4 * dependence.length));
        expect(Math.min(...kept)).toBeGreaterThanOrEqual(Math.max(0, ...left));
      }),
    );
  });

  test("holds the dependence of a token at 10 however far the log-probs are apart", () => {
    expect([...vppo([completion([-90, 0], [0, -90])])[0]!.dependence]).toEqual([10, 10]);
  });

  test("takes the whole divergence where that is asked for", () => {
    const one = { ...completion([-1, -1], [-1, -9]), divergence: [3, 0.1] };
    expect([...vppo([one], { score: "divergence" })[0]!.weights]).toEqual([1, 0]);
    expect([...vppo([one], { tokenShare: 0.5 })[0]!.weights]).toEqual([0, 1]);
    const many = {
      logprobs: new Float64Array(25).fill(-1),
      ablatedLogprobs: Float64Array.from({ length: 25 }, (_, t) => -1 - t / 10),
    };
    expect(vppo([many], { tokenShare: 0.28 })[0]!.weights.filter((weight) => weight > 0)).toHaveLength(7);
  });

  test("lets completions without counted tokens and masked tokens influence nothing", () => {
    const batch = [completion([-1, -2], [-3, -2]), completion([-1], [-1])];
    const padded = [
      completion([-1, -2, Number.NaN], [-3, -2, 5], [1, 1, 0]),
      completion([-1], [-1]),
      completion([], []),
      completion([-7], [-1], [0]),
    ];
    const plain = vppo(batch);
    const credits = vppo(padded);
    expect([...credits[0]!.weights]).toEqual([...plain[0]!.weights, 0]);
    expect(credits[1]).toEqual(plain[1]);
    expect(credits[2]!.weights).toHaveLength(0);
    expect([...credits[3]!.weights]).toEqual([0]);
    expect(vppo([])).toEqual([]);
  });

  test("with an entropy penalty hands the objective a term without divergence, and the same weights", () => {
    const group = [
      {
        mask: [1, 1, 0],
        signals: {
          ablation: { given: Float64Array.of(-1, -2, -3), ablated: Float64Array.of(-3, -2, Number.NaN) },
        },
      },
    ];
    const credit = (entropyPenalty: number) =>
      vppoCredit
        .create(vppoCredit.schema.parse({ kind: "vppo", entropyPenalty }), undefined)
        .credit([group])[0]![0]!;
    const plain = credit(0);
    expect(plain.perception).toBeUndefined();
    expect(credit(0.06)).toEqual({
      weights: plain.weights,
      scores: plain.scores,
      perception: {
        ablatedLogprobs: Float64Array.of(-3, -2, 0),
        coefficients: new Float64Array(3),
        bound: 10,
        entropyPenalty: 0.06,
      },
    });
  });

  test("rejects wrong lengths, numbers that are no log-probs, and impossible options", () => {
    const good = completion([-1, -2], [-1, -2]);
    expect(() => vppo([completion([-1], [-1, -2])])).toThrow(ShapeError);
    expect(() => vppo([{ ...good, mask: [1] }])).toThrow(ShapeError);
    expect(() => vppo([good], { score: "divergence" })).toThrow(ShapeError);
    for (const wrong of [Number.NaN, -Infinity, 1]) {
      expect(() => vppo([completion([-1, wrong], [-1, -1])])).toThrow(NumericError);
    }
    expect(() => vppo([good], { tokenShare: 1.5 })).toThrow(NumericError);
    expect(() => vppo([good], { minScale: Number.NaN })).toThrow(NumericError);
  });
});

test.each([
  [0, undefined],
  [0.06, true],
])("an entropy penalty of %d adds a term to the loss, and no penalty none", (entropyPenalty, adds) => {
  const method = vppoCredit.create(vppoCredit.schema.parse({ kind: "vppo", entropyPenalty }), undefined);
  expect(method.addsLossTerm).toBe(adds);
});
