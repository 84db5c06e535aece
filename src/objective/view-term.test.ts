import { describe, expect, test } from "vitest";
import { ConfigError, NumericError, ShapeError } from "../errors/index.ts";
import { batch, flat, type Tokens } from "../testing/objective-batch.ts";
import { objective } from "./objective.ts";
import type { AlgorithmInput } from "./registry.ts";
import type { ViewTerm } from "./view-term.ts";

/** log π·ℓ₁ − ½·ℓ₂²: a term whose slopes are plain to see. */
const at: ViewTerm["at"] = (_, logprob, [first, second]) => ({
  value: logprob * first! - second! ** 2 / 2,
  given: first!,
  views: [logprob, -second!],
});

/** A batch with a term over two views. */
function viewed(isConstant = false) {
  return batch().map(({ rewards, completions }) => ({
    rewards,
    completions: completions.map((tokens: Tokens) => ({
      ...tokens,
      viewTerm: {
        views: [
          { logprobs: tokens.logprobs.map((logprob, t) => logprob - 0.1 * t) },
          { logprobs: tokens.logprobs.map((logprob) => logprob - 0.3), isConstant },
        ],
        at,
      },
    })),
  }));
}

const CONFIGS: readonly AlgorithmInput[] = [
  { kind: "grpo", klCoefficient: 0.1 },
  { kind: "dapo" },
  { kind: "sapo" },
  { kind: "dr-grpo", aggregation: { kind: "sequence-sum-norm", length: 5 } },
];

describe("objective with a term over views", () => {
  test.each(CONFIGS)("%j has the coefficients of every view that central differences find", (config) => {
    const groups = viewed();
    const { coefficients, viewCoefficients } = objective(config, groups);
    const slopes = (
      move: (completion: (typeof groups)[0]["completions"][0], t: number, by: number) => void,
    ) =>
      groups.flatMap(({ completions }) =>
        completions.flatMap((completion) =>
          completion.mask.map((_, t) => {
            move(completion, t, 1e-6);
            const above = objective(config, groups).loss;
            move(completion, t, -2e-6);
            const below = objective(config, groups).loss;
            move(completion, t, 1e-6);
            return -(above - below) / 2e-6;
          }),
        ),
      );
    const close = { rtol: 1e-5, atol: 1e-8 };
    const given = slopes(({ logprobs }, t, by) => {
      logprobs[t]! += by;
    });
    expect(flat(coefficients)).toBeAllclose(given, close);
    for (const v of [0, 1]) {
      const found = slopes(({ viewTerm }, t, by) => {
        viewTerm.views[v]!.logprobs[t]! += by;
      });
      expect(flat(viewCoefficients![v]!)).toBeAllclose(found, close);
    }
  });

  test("adds to what is maximised in the aggregation of the algorithm, and logs its mean", () => {
    const completion = { logprobs: [-1, -1], oldLogprobs: [-1, -1], mask: [1, 1] };
    const viewTerm = { views: [{ logprobs: [-2, -1] }, { logprobs: [0, -2] }], at };
    const groups = [{ rewards: [1, 1], completions: [{ ...completion, viewTerm }, completion] }];
    const { loss, coefficients, viewCoefficients, metrics } = objective({ kind: "grpo" }, groups);
    // Values 2 and −1; a token counts a quarter.
    expect(loss).toBeCloseTo(-1 / 4, 12);
    expect(flat(coefficients)).toBeAllclose([-0.5, -0.25, 0, 0]);
    expect(viewCoefficients!.map(flat)).toEqual([
      [-0.25, -0.25, 0, 0],
      [0, 0.5, 0, 0],
    ]);
    expect(metrics.viewTerm).toBeCloseTo(0.5, 12);
  });

  test("has no coefficients at a constant view, and none at all without a term", () => {
    const { viewCoefficients } = objective({ kind: "grpo" }, viewed(true));
    expect(flat(viewCoefficients![0]!).some((value) => value !== 0)).toBe(true);
    expect(flat(viewCoefficients![1]!).every((value) => value === 0)).toBe(true);
    const plain = objective({ kind: "grpo" }, batch());
    expect(plain).not.toHaveProperty("viewCoefficients");
    expect(plain.metrics.viewTerm).toBe(0);
  });

  test("refuses terms that do not fit, slopes that are no numbers, and algorithms without a place for one", () => {
    const withTerm = (viewTerm: ViewTerm) => {
      const completion = { logprobs: [-1], oldLogprobs: [-1], refLogprobs: [-1], mask: [1] };
      return [{ rewards: [1, 0], completions: [{ ...completion, viewTerm }, completion] }];
    };
    const one = { views: [{ logprobs: [-1] }, { logprobs: [-1] }], at };
    const run = (viewTerm: ViewTerm, kind: "grpo" | "dpo" = "grpo") =>
      objective({ kind }, withTerm(viewTerm));
    expect(() => run({ ...one, views: [{ logprobs: [] }, { logprobs: [-1] }] })).toThrow(ShapeError);
    expect(() => run({ ...one, views: [{ logprobs: [Number.NaN] }, { logprobs: [-1] }] })).toThrow(
      "viewTerm.views[0].logprobs[0]",
    );
    const infinite = { value: 0, given: 0, views: [0, Infinity] };
    expect(() => run({ ...one, at: () => infinite })).toThrow(NumericError);
    expect(() => run({ ...one, at: () => infinite })).toThrow("viewCoefficients[1][0]");
    expect(() => run(one, "dpo")).toThrow(ConfigError);
    const [group] = withTerm(one);
    const other = { ...group!.completions[1]!, viewTerm: { views: [], at } };
    expect(() =>
      objective({ kind: "grpo" }, [{ rewards: [1, 0], completions: [group!.completions[0]!, other] }]),
    ).toThrow("expected as many for every completion, 2, got 0");
  });
});
