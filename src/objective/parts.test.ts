/** Parts of algorithms by themselves: pairs and loss of DPO, the loss of values, masks, ratios and names. */
import { describe, expect, test } from "vitest";
import { ConfigError, NumericError } from "../errors/index.ts";
import { clippedValueLoss } from "../math/index.ts";
import { countedGroups, countedMask } from "./counted-groups.ts";
import { objective } from "./objective.ts";
import { outcomeAdvantages } from "./outcome-advantages.ts";
import { sequenceLevel, sequenceTokenLevel, tokenLevel } from "./ratio-level.ts";
import { type AlgorithmInput, createAlgorithm, resolveAlgorithm } from "./registry.ts";
import { tokenAdvantages } from "./token-advantages.ts";
import { valueAdvantages } from "./value-advantages.ts";
import { valueObjective } from "./value-objective.ts";

const dpo = (options: object = {}) => {
  const algorithm = resolveAlgorithm({ kind: "dpo", ...options });
  if (algorithm.unit !== "pair") throw new Error("expected an algorithm of pairs");
  return algorithm;
};

describe("pairs of DPO", () => {
  test.each<[rewards: (number | null)[], all: string, ends: string]>([
    [[1, 0], "0>1", "0>1"],
    [[0, 1], "1>0", "1>0"],
    [[0.5, 0, 1], "0>1 2>0 2>1", "2>1"],
    [[0, 1, 1, 0], "1>0 1>3 2>0 2>3", "1>0"],
    [[0, null, 1, Number.NaN], "2>0", "2>0"],
    [[-1, -2], "0>1", "0>1"],
    [[1, 1], "", ""],
    [[1], "", ""],
    [[null, null], "", ""],
    [[], "", ""],
  ])("of rewards %j: all %s, best with worst %s; of equals the first", (rewards, all, ends) => {
    const written = (pairs: "all" | "best-worst") =>
      dpo({ pairs })
        .pairs(rewards)
        .map(({ chosen, rejected }) => `${chosen}>${rejected}`)
        .sort()
        .join(" ");
    expect(written("all")).toBe(all);
    expect(written("best-worst")).toBe(ends);
  });

  test("have the loss −log σ(β·h), with slope −β·σ(−β·h)", () => {
    const { loss } = dpo({ beta: 0.5 });
    expect([loss(0).value, loss(0).derivative]).toBeAllclose([Math.LN2, -0.25]);
    // σ(log 3) is ¾.
    const h = 2 * Math.log(3);
    expect([loss(h).value, loss(h).derivative]).toBeAllclose([Math.log(4 / 3), -0.125]);
    expect([loss(-h).value, loss(-h).derivative]).toBeAllclose([Math.log(4), -0.375]);
    expect(loss(1e6)).toEqual({ value: 0, derivative: -0 });
    expect(loss(-1e6)).toEqual({ value: 5e5, derivative: -0.5 });
  });
});

describe("the loss of values", () => {
  const term = {
    coefficient: 0.5,
    loss: (value: number, old: number, target: number) => clippedValueLoss(value, old, target, 0.25),
  };

  test("sums coefficient · scale · L over tokens with a return, with metrics as means over them", () => {
    const tokens = (values: number[], oldValues?: number[], mask = values.map(() => 1)) => ({
      logprobs: values,
      oldLogprobs: values,
      mask,
      values,
      oldValues,
    });
    const groups = [
      // Errors 1 and −1 without old values; the third is masked, and the fourth has no return.
      { rewards: [1], completions: [tokens([0, 2, 9, 9], undefined, [1, 1, 0, 1])] },
      // From 0 to 1 with a target of 2: held at 0.25, an error of 1.75.
      { rewards: [1], completions: [tokens([1], [0])] },
    ];
    const returns = [[Float64Array.of(1, 1, 1, Number.NaN)], [Float64Array.of(2)]];
    const scales = [Float64Array.of(0.1, 0.2, 0.3, 0.4), Float64Array.of(1)];
    const { loss, coefficients, metrics } = valueObjective(term, groups, returns, scales);
    expect(loss).toBeCloseTo(0.5 * (0.1 * 0.5 + 0.2 * 0.5 + 1.75 ** 2 / 2), 12);
    expect(coefficients.flat().map((row) => [...row])).toEqual([[0.05, -0.1, 0, 0], [0]]);
    expect(metrics.tokens).toBe(3);
    expect(metrics.loss).toBeCloseTo((0.5 + 0.5 + 1.75 ** 2 / 2) / 3, 12);
    expect(metrics.clipShare).toBeCloseTo(1 / 3, 12);
    // Returns 1, 1, 2 have the variance ⅓; errors 1, −1, 1 have 4/3.
    expect(metrics.explainedVariance).toBeCloseTo(1 - 4, 12);
  });

  test("of nothing is 0, and equal returns explain nothing", () => {
    const nothing = { tokens: 0, loss: 0, clipShare: 0, explainedVariance: 0 };
    expect(valueObjective(term, [], [], [])).toEqual({ loss: 0, coefficients: [], metrics: nothing });
    const bare = { logprobs: [-1], oldLogprobs: [-1], mask: [1] };
    const without = valueObjective(
      term,
      [{ rewards: [1], completions: [bare] }],
      [[Float64Array.of(1)]],
      [Float64Array.of(1)],
    );
    expect(without).toEqual({ loss: 0, coefficients: [[Float64Array.of(0)]], metrics: nothing });
    const even = [
      { rewards: [1], completions: [{ ...bare, logprobs: [-1, -1], mask: [1, 1], values: [0, 2] }] },
    ];
    const found = valueObjective(term, even, [[Float64Array.of(1, 1)]], [Float64Array.of(1, 1)]);
    expect(found.metrics.explainedVariance).toBe(0);
  });
});

describe("advantages", () => {
  test("of outcomes take penalties off at tokens that count, and are one number for a completion", () => {
    const part = outcomeAdvantages((rewards) => Float64Array.from(rewards, (reward) => reward ?? -9));
    const { advantages } = part.of([
      {
        rewards: [1, null, 2, Number.NaN],
        completions: [
          { mask: [1, 0, 1], penalties: Float64Array.of(0.25, 50, 0.5) },
          { mask: [1], penalties: Float64Array.of(1) },
          { mask: [1, 1] },
          { mask: [1] },
        ],
      },
    ]);
    expect(advantages[0]!.map((row) => [...row])).toEqual([[0.25, 0.25, 0.25], [-9], [2, 2], [-9]]);
    expect([part.needsSpread, part.values]).toEqual([true, "none"]);
    expect(outcomeAdvantages(() => new Float64Array(), false).needsSpread).toBe(false);
  });

  test("of values are the rewards that are left, whitened where that is asked for", () => {
    // γ = λ = 1: the reward less the value, at every token.
    const groups = [
      {
        rewards: [1, null],
        completions: [
          { mask: [1, 1], values: [0.25, 0.5] },
          { mask: [1], values: [7] },
        ],
      },
      { rewards: [0], completions: [{ mask: [1] }] },
    ];
    const plain = valueAdvantages({ gamma: 1, lambda: 1, whiten: false });
    const { advantages, returns } = plain.of(groups);
    expect(advantages.flat().map((row) => [...row])).toEqual([[0.75, 0.5], [0], [0]]);
    expect(returns!.flat().map((row) => [...row])).toEqual([[1, 1], [Number.NaN], [0]]);
    const white = valueAdvantages({ gamma: 1, lambda: 1, whiten: true }).of(groups).advantages.flat();
    // Mean 5/12 and squares 1/9, 1/144, 25/144 about it: variance 7/48.
    const deviation = Math.sqrt(7 / 48);
    expect(white[0]!).toBeAllclose([4 / 12 / deviation, 1 / 12 / deviation], { rtol: 1e-6 });
    expect([white[1]![0], white[2]![0]]).toEqual([0, expect.closeTo(-5 / 12 / deviation, 6)]);
    expect([plain.needsSpread, plain.values]).toEqual([false, "required"]);
  });

  test("are of tokens, and pairs have none", () => {
    const one = { logprobs: [-1], oldLogprobs: [-1], refLogprobs: [-1], mask: [1] };
    const groups = [{ rewards: [1, 0], completions: [one, one] }];
    expect(tokenAdvantages({ kind: "dr-grpo" }, groups)[0]!.map(([own]) => own)).toEqual([0.5, -0.5]);
    expect(() => tokenAdvantages({ kind: "dpo" }, groups)).toThrow(ConfigError);
    expect(() => tokenAdvantages({ kind: "dpo" }, groups)).toThrow('algorithm.kind "dpo"');
    const { name: _name, ...unnamed } = dpo();
    expect(() => tokenAdvantages(unnamed, groups)).toThrow('algorithm.kind "pair"');
  });
});

describe("levels of the ratio", () => {
  const [logs, mask] = [
    [Math.log(4), 50, 0],
    [1, 0, 1],
  ];

  test("are of the token, or of the sequence: the geometric mean over tokens that count", () => {
    expect(tokenLevel.ratios(logs, mask)).toBeAllclose([4, Math.exp(50), 1]);
    for (const level of [sequenceLevel, sequenceTokenLevel]) {
      expect(level.ratios(logs, mask)).toBeAllclose([2, 2, 2]);
    }
    expect([tokenLevel, sequenceTokenLevel, sequenceLevel].map((level) => level.keepsTokenCredit)).toEqual([
      true,
      true,
      false,
    ]);
  });

  test("carry slopes back to each token's log-prob", () => {
    const ratios = Float64Array.of(2, 2, 2);
    const upstream = Float64Array.of(0.5, 0, 1);
    expect([...tokenLevel.pullback(ratios, upstream, mask)]).toEqual([1, 0, 2]);
    expect([...sequenceTokenLevel.pullback(ratios, upstream, mask)]).toEqual([1, 0, 2]);
    // The sum of slopes, 1.5, times the ratio by the two tokens that count.
    expect([...sequenceLevel.pullback(ratios, upstream, mask)]).toEqual([1.5, 0, 1.5]);
    const far = Float64Array.of(Infinity, Infinity, Infinity);
    expect([...sequenceLevel.pullback(far, new Float64Array(3), mask)]).toEqual([0, 0, 0]);
    expect([...tokenLevel.pullback(far, Float64Array.of(0, 0, 1), mask)]).toEqual([0, 0, Infinity]);
  });
});

describe("truncated completions", () => {
  test.each(["keep", "mask", "mask-and-count"] as const)("%s: the mask of tokens that count", (truncated) => {
    const kept = truncated === "keep" ? 1 : 0;
    expect([...countedMask({ tokens: 2, isTruncated: true }, { truncated })]).toEqual([kept, kept]);
    expect([...countedMask({ tokens: 2, isTruncated: false }, { truncated })]).toEqual([1, 1]);
    const whole = { logprobs: [-1, -1], oldLogprobs: [-1, -1], mask: [1, 0] };
    const groups = [{ rewards: [1, 0], completions: [{ ...whole, isTruncated: true }, whole], isIdle: true }];
    const [group] = countedGroups(groups, { truncated });
    expect(group!.completions.map((own) => [...Array.from(own.mask)])).toEqual([
      [kept, 0],
      [1, 0],
    ]);
    expect([group!.rewards, group!.isIdle]).toEqual([[1, 0], true]);
  });
});

describe("an algorithm by its configuration", () => {
  test("has its kind as its name, and is itself where it is one already", () => {
    for (const kind of ["grpo", "ppo", "dpo"] as const) expect(createAlgorithm({ kind }).name).toBe(kind);
    const own = createAlgorithm({ kind: "sapo" });
    expect(resolveAlgorithm(own)).toBe(own);
  });

  test.each([null, undefined, 5, "grppo", [], {}])("is refused where it is %j", (config) => {
    expect(() => resolveAlgorithm(config as unknown as AlgorithmInput)).toThrow(ConfigError);
  });

  test("is made for a limit of completion tokens that is a whole number from 1", () => {
    expect(() => resolveAlgorithm({ kind: "dr-grpo" }, { maxCompletionTokens: 1 })).not.toThrow();
    for (const wrong of [0, 1.5, -1, Number.NaN]) {
      expect(() => resolveAlgorithm({ kind: "dr-grpo" }, { maxCompletionTokens: wrong })).toThrow(
        NumericError,
      );
      expect(() => createAlgorithm({ kind: "dr-grpo" }, { maxCompletionTokens: wrong })).toThrow(
        NumericError,
      );
    }
  });
});

describe("a result that is not finite", () => {
  const one = { logprobs: [-1, -1], oldLogprobs: [-1, -1], mask: [1, 1] };

  test("is refused with the place of its first coefficient, in views too", () => {
    const viewTerm = (slope: number, given = 0) => ({
      views: [{ logprobs: [-1, -1] }, { logprobs: [-1, -1] }],
      at: (t: number) => ({ value: 0, given: t === 1 ? given : 0, views: [0, t === 1 ? slope : 0] }),
    });
    const groups = (slope: number, given?: number) => [
      {
        rewards: [1, 0],
        completions: [
          { ...one, viewTerm: viewTerm(1) },
          { ...one, viewTerm: viewTerm(slope, given) },
        ],
      },
    ];
    expect(() => objective({ kind: "grpo" }, groups(1))).not.toThrow();
    expect(() => objective({ kind: "grpo" }, groups(Infinity))).toThrow(NumericError);
    expect(() => objective({ kind: "grpo" }, groups(Infinity))).toThrow(
      /^viewCoefficients\[1\]\[1\]: expected a finite number, got Infinity.*completion 1 of group 0/,
    );
    expect(() => objective({ kind: "grpo" }, groups(1, -Infinity))).toThrow(
      /^coefficients\[1\]: expected a finite number, got -Infinity.*completion 1 of group 0/,
    );
  });

  test("is refused where only the loss is not finite", () => {
    const viewTerm = { views: [], at: () => ({ value: 1e308 * 10, given: 0, views: [] }) };
    const groups = [{ rewards: [1, 0], completions: [{ ...one, viewTerm }, one] }];
    expect(() => objective({ kind: "grpo" }, groups)).toThrow("the loss is -Infinity");
  });
});

describe("of a batch in which groups differ", () => {
  const bare = { logprobs: [-1], oldLogprobs: [-1], mask: [1] };
  const empty = { rewards: [], completions: [] };

  test("ppo looks for values in every group, also beside a group without completions", () => {
    const valued = {
      rewards: [1, 0],
      completions: [
        { ...bare, values: [0.5] },
        { ...bare, values: [0] },
      ],
    };
    const plain = { rewards: [1, 0], completions: [bare, bare] };
    const config = { kind: "ppo", whitenAdvantages: false } as const;
    expect(tokenAdvantages(config, [empty, valued])[1]!.map(([own]) => own)).toEqual([0.5, 0]);
    expect(objective(config, [valued, empty]).valueCoefficients).toHaveLength(2);
    expect(objective(config, [empty, plain]).valueCoefficients).toBeUndefined();
    const [, found] = tokenAdvantages(config, [empty, plain]);
    expect(found!.map(([own]) => own!)).toBeAllclose([Math.SQRT1_2, -Math.SQRT1_2], { rtol: 1e-5 });
  });

  test("parts of one group are its own, beside groups without parts", () => {
    const parts = [{ coefficient: 2, rewards: [0, 1] }];
    const plain = { rewards: [1, 0], completions: [bare, bare] };
    const found = tokenAdvantages({ kind: "dr-grpo" }, [plain, { ...plain, parts }]);
    expect(found.map((rows) => rows.map(([own]) => own))).toEqual([
      [0.5, -0.5],
      [-1, 1],
    ]);
  });

  test("cispo counts the tokens whose weight a bound held, none on a bound", () => {
    const ratios = [0.25, 0.5, 1, 2, 4, 4];
    const completion = {
      logprobs: ratios.map((ratio) => Math.log(ratio / 8)),
      oldLogprobs: ratios.map(() => Math.log(1 / 8)),
      mask: ratios.map(() => 1),
    };
    const config = { kind: "cispo", clipLow: 0.6, clipHigh: 1.5 } as const;
    const { metrics } = objective(config, [{ rewards: [1], completions: [completion] }]);
    expect([metrics.clipLowShare, metrics.clipHighShare]).toEqual([1 / 6, 2 / 6]);
  });

  test("penalties are β times the divergence of sampling, and 0 where tokens do not count", () => {
    const algorithm = createAlgorithm({
      kind: "grpo",
      klCoefficient: 0.5,
      klPlacement: "reward",
      klEstimator: "k1",
    });
    if (algorithm.unit !== "token") throw new Error("expected an algorithm of tokens");
    const seen: (number[] | undefined)[] = [];
    const advantage: typeof algorithm.advantage = {
      ...algorithm.advantage,
      of: (groups) => {
        for (const { completions } of groups) {
          for (const { penalties } of completions) seen.push(penalties && [...penalties]);
        }
        return algorithm.advantage.of(groups);
      },
    };
    const completion = {
      logprobs: [-7, -7],
      oldLogprobs: [-1, -1],
      refLogprobs: [-3, Number.NaN],
      mask: [1, 0],
    };
    objective({ ...algorithm, advantage }, [{ rewards: [1], completions: [completion] }]);
    const kl = { ...algorithm.kl, placement: "loss" as const };
    objective({ ...algorithm, advantage, kl }, [{ rewards: [1], completions: [completion] }]);
    expect(seen).toEqual([[1, 0], undefined]);
  });
});
