import { describe, expect, test } from "vitest";
import { FoveaError, NumericError, ShapeError } from "../errors/index.ts";
import { objective } from "./objective.ts";
import { tokenAdvantages } from "./token-advantages.ts";

const completion = { logprobs: [-1], oldLogprobs: [-1], mask: [1] };
const group = { rewards: [1, 0], completions: [completion, completion] };
const perception = { ablatedLogprobs: [-2], coefficients: [1], bound: 1, entropyPenalty: 0 };
const known = { advantages: [[1], [-1]] };
const run = objective as (...given: unknown[]) => unknown;
const of = (more: object) => run({ kind: "grpo" }, [{ ...group, ...more }]);
const ofCompletion = (more: object | null | undefined) =>
  of({ completions: [completion, more && { ...completion, ...more }] });

describe("a batch that is malformed is a typed error", () => {
  test.each<[name: string, call: () => unknown]>([
    ["groups with a length only", () => run({ kind: "grpo" }, { length: 0 })],
    ["a completion that is null", () => ofCompletion(null)],
    ["a completion that is undefined", () => ofCompletion(undefined)],
    ["a perception term without arrays", () => ofCompletion({ perception: {} })],
    [
      "negative coefficients of it",
      () => ofCompletion({ perception: { ...perception, coefficients: [-5] } }),
    ],
    ["reference log-probs that are null", () => ofCompletion({ refLogprobs: null })],
    ["weights that are null", () => ofCompletion({ weights: null })],
    ["a view term without a function", () => ofCompletion({ viewTerm: { views: [] } })],
    ["a view term without views", () => ofCompletion({ viewTerm: {} })],
    ["known advantages of nothing", () => of({ known: {} })],
    ["known advantages of NaN", () => of({ known: { advantages: [[1], [Number.NaN]] } })],
    ["a part without rewards", () => of({ parts: [{ coefficient: 1 }] })],
    ["parts by name", () => of({ parts: { a: 1 } })],
    ["a part of coefficient NaN", () => of({ parts: [{ coefficient: Number.NaN, rewards: [1, 0] }] })],
    ["others that are a number", () => of({ others: 5 })],
    ["known advantages of one group of two", () => run({ kind: "grpo" }, [group, { ...group, known }])],
  ])("%s", (_, call) => {
    expect(call).toThrow(FoveaError);
  });

  test("which names what is wrong", () => {
    expect(() => of({ parts: [{ coefficient: Number.NaN, rewards: [1, 0] }] })).toThrow(
      "parts[0].coefficient: expected a finite number, got NaN (group 0)",
    );
    expect(() => run({ kind: "grpo" }, [group, { ...group, known }])).toThrow(
      new ShapeError("known: expected advantages of every group or of none, got 1 of 2"),
    );
    expect(() => of({ known: { advantages: [[1], [Number.NaN]] } })).toThrow(NumericError);
    expect(() => run({ kind: "grpo" }, [{ ...group, known }])).not.toThrow();
  });
});

describe("comparisons", () => {
  const c = completion;
  const advantages = (one: object) =>
    tokenAdvantages({ kind: "grpo", truncated: "mask" }, [one as never])[0]!.map(([value]) => value);

  test("give completions without a reward no advantage, whitened or in other parts", () => {
    const rewards = [1, 0, null, 1];
    const whitened = advantages({
      rewards,
      parts: [{ coefficient: 1, rewards }],
      isWhitened: true,
      completions: [c, c, c, { ...c, isTruncated: true }],
    });
    expect(whitened).toEqual([expect.closeTo(Math.SQRT1_2), expect.closeTo(-Math.SQRT1_2), 0, 0]);
    const second = { coefficient: 1, rewards: [1, 1, 0] };
    const [, , apart] = advantages({
      rewards: [1, 0, null],
      parts: [{ coefficient: 1, rewards: [1, 0, null] }, second],
      completions: [c, c, c],
    });
    expect(apart).toBe(0);
  });

  test("of empty lists are as if absent", () => {
    const plain = objective({ kind: "grpo" }, [group]);
    expect(objective({ kind: "grpo" }, [{ ...group, parts: [], others: [] }])).toEqual(plain);
    const values = { values: [0.5], oldValues: [0.2] };
    const valued = {
      rewards: [1, 0],
      completions: [
        { ...c, ...values },
        { ...c, ...values },
      ],
    };
    expect(objective({ kind: "ppo" }, [{ ...valued, others: [] }])).toEqual(
      objective({ kind: "ppo" }, [valued]),
    );
  });
});

test("weights of any size leave finite metrics", () => {
  const weighed = [1, 0].map(() => ({ ...completion, weights: [1e200] }));
  const { metrics } = objective({ kind: "grpo" }, [{ rewards: [1, 0], completions: weighed }]);
  expect(metrics.effectiveTokens).toBe(1);
  expect(metrics.weightMean).toBe(1e100);
});
