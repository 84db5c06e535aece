import { describe, expect, test } from "vitest";
import { MetricsCollector } from "./metrics.ts";

type Token = Parameters<MetricsCollector["token"]>[0];
const token = (rest: Partial<Token> = {}): Token => ({
  ratio: 1,
  advantage: 0,
  weight: 1,
  clipped: "none",
  divergence: undefined,
  ...rest,
});

/** The metrics of groups of completions. */
function collected(...groups: { rewards: (number | null)[]; isIdle?: boolean; completions: Token[][] }[]) {
  const metrics = new MetricsCollector();
  for (const { rewards, isIdle, completions } of groups) {
    metrics.group(rewards, isIdle);
    for (const tokens of completions) {
      for (const one of tokens) metrics.token(one);
      metrics.completionEnd();
    }
  }
  return metrics.summary();
}
const one = (...completions: Token[][]) => collected({ rewards: completions.map((_, i) => i), completions });

describe("metrics of the tokens that count", () => {
  test("count groups, completions and rewards: null is unscorable and in no mean", () => {
    const found = collected(
      { rewards: [1, null, 0.25], completions: [] },
      { rewards: [1, 1], completions: [] },
      { rewards: [null], completions: [] },
      { rewards: [0, 1], completions: [] },
    );
    expect(found).toMatchObject({ groups: 4, completions: 8, unscorable: 2, groupsWithoutSpread: 0.5 });
    expect(found.rewardMean).toBeCloseTo(4.25 / 6, 12);
  });

  test("have advantages as means over completions of means over tokens, with and without sign", () => {
    const found = one(
      [token({ advantage: 2 }), token({ advantage: -1 }), token({ advantage: -4 })],
      [token({ advantage: 3 })],
      [],
    );
    expect(found.advantageMean).toBeCloseTo((-1 + 3) / 2, 12);
    expect(found.advantageMagnitude).toBeCloseTo((7 / 3 + 3) / 2, 12);
    expect(found.counts.advantages).toBe(2);
  });

  test("have ratios of the tokens whose weight is not 0", () => {
    const found = one([
      token({ ratio: 0.5 }),
      token({ ratio: 2, weight: -1 }),
      token({ ratio: 9, weight: 0 }),
    ]);
    expect(found).toMatchObject({ tokens: 3, ratioMean: 1.25, ratioMin: 0.5, ratioMax: 2 });
    expect(found.counts.ratios).toBe(2);
  });

  test("have the share of tokens that each bound held", () => {
    const sides = ["low", "high", "high", "dual", "dual", "dual", "none", "none"] as const;
    const found = one(sides.map((clipped) => token({ clipped })));
    expect([found.clipLowShare, found.clipHighShare, found.clipDualShare]).toEqual([1 / 8, 2 / 8, 3 / 8]);
  });

  test("have terms as means over the tokens that have them", () => {
    const found = one(
      [token({ divergence: 1, perception: 3, viewTerm: -2 }), token({ divergence: 2, perception: 5 })],
      [token({ divergence: 6 }), token({ viewTerm: 5 })],
    );
    expect(found).toMatchObject({ kl: 3, perceptionKl: 4, viewTerm: 1.5 });
    expect(found.counts).toMatchObject({ divergences: 3, perceptions: 2, viewTerms: 2 });
  });

  test("have weights, and tokens in effect: (Σw)²/Σw², a mean over completions with credit", () => {
    const weighed = (...weights: number[]) => weights.map((weight) => token({ weight }));
    const found = one(weighed(3, 1), weighed(2, 2, 2), weighed(0, 0), []);
    expect(found.weightMean).toBeCloseTo(10 / 7, 12);
    expect(found.weightMax).toBe(3);
    expect(found.effectiveTokens).toBeCloseTo((16 / 10 + 3) / 2, 12);
    expect(found.counts.credited).toBe(2);
    expect(one(weighed(-3, -1)).weightMax).toBe(-1);
  });

  test("have the mean of the corrections and the share of ratios beyond their bounds, if any token was corrected", () => {
    const found = one([
      token({ correction: { factor: 2, isBeyond: true } }),
      token({ correction: { factor: 0.5, isBeyond: false } }),
      token({ correction: { factor: 0.5, isBeyond: false } }),
      token(),
    ]);
    expect(found.correction).toEqual({ mean: 1, beyondShare: 1 / 3 });
    expect(found.counts.corrections).toBe(3);
    expect(one([token()])).not.toHaveProperty("correction");
  });

  test("of idle groups are left out, and of the group after them are not", () => {
    const moving = { rewards: [0, 1], completions: [[token({ ratio: 2, weight: 3, advantage: 1 })]] };
    const idle = { rewards: [1, 1], isIdle: true, completions: [[token({ ratio: 5, advantage: 9 })]] };
    const { groups, groupsWithoutSpread, completions, rewardMean, ...alone } = collected(moving);
    const both = collected(idle, moving, idle);
    expect(both).toMatchObject(alone);
    expect([groups, groupsWithoutSpread, completions, rewardMean]).toEqual([1, 0, 2, 0.5]);
    expect(both).toMatchObject({ groups: 3, groupsWithoutSpread: 2 / 3, completions: 6 });
  });

  test("hold numbers whose sums or squares would overflow at 1e100", () => {
    const far = { ratio: Infinity, divergence: 1e200, perception: 1e200, weight: 1e200 };
    expect(one([token(far)])).toMatchObject({
      ratioMean: 1e100,
      ratioMin: 1e100,
      ratioMax: 1e100,
      kl: 1e100,
      perceptionKl: 1e100,
      weightMean: 1e100,
      weightMax: 1e100,
      effectiveTokens: 1,
    });
    expect(one([token({ weight: -1e200 })])).toMatchObject({ weightMean: -1e100, effectiveTokens: 1 });
  });

  test("without tokens describe a policy that did not move and has no credit", () => {
    const { counts, ...found } = new MetricsCollector().summary();
    const ones = { ratioMean: 1, ratioMin: 1, ratioMax: 1, weightMean: 1, weightMax: 1 };
    const zeros = Object.fromEntries(Object.keys(found).map((name) => [name, 0]));
    expect(found).toEqual({ ...zeros, ...ones });
    expect(new Set(Object.values(counts))).toEqual(new Set([0]));
  });

  test("have the parts of values and pairs where they are given", () => {
    const pair = { pairs: 1, margin: 2, accuracy: 1 };
    const value = { tokens: 1, loss: 2, clipShare: 0, explainedVariance: 1 };
    const metrics = new MetricsCollector();
    expect(metrics.summary({ pair, value })).toMatchObject({ pair, value });
    expect(metrics.summary()).not.toHaveProperty("pair");
    expect(metrics.summary({ value })).not.toHaveProperty("pair");
    expect(metrics.summary({ pair })).not.toHaveProperty("value");
  });
});
