import { describe, expect, test } from "vitest";
import { type ObjectiveGroup, objective } from "../../objective/index.ts";
import { objectiveNumbers } from "./objective-numbers.ts";
import type { StepOutcome } from "./update-policy.ts";

/** A group of two completions of three tokens, with the weights of each. */
function group(options: Partial<ObjectiveGroup> & { readonly weights?: readonly number[] } = {}) {
  const { weights = [3, 1, 0], rewards = [1, 0], isIdle = false } = options;
  const logprobs = [-1, -2, -3];
  const completion = {
    logprobs,
    oldLogprobs: [-1.5, -2, -2],
    refLogprobs: [-1, -2.5, -3],
    mask: [1, 1, 1],
    weights,
  };
  return { rewards, completions: [completion, completion], isIdle } satisfies ObjectiveGroup;
}

const idle = () => group({ rewards: [1, 1], isIdle: true, weights: [1, 1, 1] });

/** The numbers of an iteration that takes these groups in so many minibatches. */
function numbers(groups: readonly ObjectiveGroup[], minibatches: number) {
  const size = Math.ceil(groups.length / minibatches);
  const steps = Array.from({ length: minibatches }, (_, m): StepOutcome => {
    const { loss, metrics } = objective({ kind: "grpo" }, groups.slice(m * size, (m + 1) * size));
    return { applied: true, loss, metrics };
  });
  return objectiveNumbers(steps, true);
}

describe("the objective's metrics", () => {
  test("do not depend on the number of minibatches over which used and idle groups are spread", () => {
    const groups = [idle(), group(), idle(), idle()];
    const { loss: _loss, ...once } = numbers(groups, 1);
    const { loss: _other, ...four } = numbers(groups, 4);
    for (const [name, value] of Object.entries(once)) expect([name, four]).toHaveProperty(`1.${name}`, value);
    expect(Object.keys(four)).toEqual(Object.keys(once));
    // (3 + 1)² / (9 + 1), and ratios of the two tokens that have a weight.
    expect(once.effectiveTokens).toBeCloseTo(1.6, 12);
    expect(once.ratioMin).toBe(1);
    expect(once.ratioMax).toBeCloseTo(Math.exp(0.5), 12);
    expect(once.weightMax).toBe(3);
  });

  test("are the same over minibatches with unequally many tokens of weight 0", () => {
    const groups = [group({ weights: [1, 0, 0] }), group({ weights: [0, 1, 1] })];
    expect(numbers(groups, 2).ratioMean).toBeCloseTo(numbers(groups, 1).ratioMean!, 12);
    // Over one token of ratio e^(1/2), and two of 1 and 1/e.
    expect(numbers(groups, 1).ratioMean).toBeCloseTo((Math.exp(0.5) + 1 + Math.exp(-1)) / 3, 12);
  });

  test("take nothing from a minibatch of idle groups, whose defaults are no measurements", () => {
    const low = group({ weights: [0.25, 0, 0] });
    const { weightMax, ratioMin, ratioMax } = numbers([low, idle()], 2);
    expect(weightMax).toBe(0.25);
    expect([ratioMin, ratioMax]).toEqual([Math.exp(0.5), Math.exp(0.5)]);
  });

  test("are absent where no token counts", () => {
    expect(numbers([idle(), idle()], 2)).toEqual({ loss: 0 });
  });
});
