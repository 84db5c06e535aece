import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { ConfigError, NumericError, ShapeError } from "../errors/index.ts";
import { objective } from "./objective.ts";
import { tokenAdvantages } from "./token-advantages.ts";
import type { ObjectiveGroup } from "./types.ts";

/** Results of the authors' function: fixtures/rivals/record.py. */
const recorded: {
  readonly groups: readonly { readonly rewards: number[][]; readonly advantages: number[][] }[];
} = JSON.parse(readFileSync(new URL("../../fixtures/rivals/rivals.json", import.meta.url), "utf8"));

const completion = { logprobs: [-1], oldLogprobs: [-1], mask: [1] };
const group = (rewards: (number | null)[], more: Partial<ObjectiveGroup> = {}): ObjectiveGroup => ({
  rewards,
  completions: rewards.map(() => completion),
  ...more,
});
const GRPO = { kind: "grpo", advantageEpsilon: 0 } as const;
const advantages = (groups: ObjectiveGroup[]) =>
  tokenAdvantages(GRPO, groups).map((rows) => rows.map(([value]) => value!));

describe("rewards normalised apart", () => {
  test("have advantages of their own, which are added: what GDPO keeps and a sum of rewards loses", () => {
    // Two binary rewards: (1, 1), (1, 0), (0, 1), (0, 0). Deviations are 1/√3 each.
    const parts = [
      { coefficient: 1, rewards: [1, 1, 0, 0] },
      { coefficient: 1, rewards: [1, 0, 1, 0] },
    ];
    const [apart] = advantages([group([2, 1, 1, 0], { parts })]);
    expect(apart).toBeAllclose([Math.sqrt(3), 0, 0, -Math.sqrt(3)]);
    const third = [
      { coefficient: 1, rewards: [1, 0, 0, 0] },
      { coefficient: 0.5, rewards: [0, 1, 0, 0] },
    ];
    const [weighed] = advantages([group([1, 0.5, 0, 0], { parts: third })]);
    expect(weighed).toBeAllclose([1.5 - 0.25, -0.5 + 0.75, -0.75, -0.75]);
  });

  test("are the rewards themselves where there is one part of weight 1", () => {
    const rewards = [1, 0, 0.5];
    const [one] = advantages([group([9, 9, 9], { parts: [{ coefficient: 1, rewards }] })]);
    expect(one).toBeAllclose(advantages([group(rewards)])[0]!);
  });

  test("leave out of a comparison whom it does not concern: null has advantage 0 in it and is in no mean", () => {
    const parts = [
      { coefficient: 1, rewards: [1, 1, 0] },
      { coefficient: 2, rewards: [1, 0, null] },
    ];
    const [mixed] = advantages([group([1, 1, 0], { parts })]);
    const task = advantages([group([1, 1, 0])])[0]!;
    expect(mixed).toBeAllclose([task[0]! + Math.SQRT2, task[1]! - Math.SQRT2, task[2]!]);
  });

  test("whitened have mean 0 and variance 1 over the completions of the batch", () => {
    const parts = [{ coefficient: 3, rewards: [1, 0] }];
    const found = advantages([
      group([0, 0], { parts, isWhitened: true }),
      group([1, 0, 0], { isWhitened: true }),
    ]).flat();
    const mean = found.reduce((a, b) => a + b, 0) / 5;
    expect(mean).toBeCloseTo(0, 12);
    expect(found.reduce((sum, value) => sum + value ** 2, 0) / 4).toBeCloseTo(1, 6);
    expect(advantages([group([1, 1], { isWhitened: true })])).toEqual([[0, 0]]);
  });
});

describe("completions compared with completions of another group", () => {
  test("have the advantage within their group and over both, as Share-GRPO adds them", () => {
    const [first, second] = [group([1, 0], { others: [0, 0] }), group([0, 0], { others: [1, 0] })];
    // Within: ±1/√2. Over both: mean ¼, deviation ½.
    const [own, other] = advantages([first, second]);
    expect(own).toBeAllclose([Math.SQRT1_2 + 1.5, -Math.SQRT1_2 - 0.5]);
    expect(other).toBeAllclose([-0.5, -0.5]);
  });

  test.each(recorded.groups)(
    "are the authors' function's: forms of $rewards",
    ({ rewards, advantages: expected }) => {
      const forms = rewards.map((own, i) =>
        group([...own], { others: rewards.filter((_, j) => j !== i).flat() }),
      );
      const found = tokenAdvantages({ kind: "grpo" }, forms).map((rows) => rows.map(([value]) => value!));
      for (const [i, own] of found.entries())
        expect(own).toBeAllclose(expected[i]!, { rtol: 1e-9, atol: 1e-9 });
    },
  );

  test("without a spread anywhere have none", () => {
    expect(advantages([group([1, 1], { others: [1, 1] })])).toEqual([[0, 0]]);
    expect(advantages([group([1, null], { others: [] })])[0]).toEqual([0, 0]);
  });
});

describe("what cannot be compared so", () => {
  const parts = [{ coefficient: 1, rewards: [1, 0] }];

  test("is rejected with an error that names it", () => {
    const withValues = {
      ...group([1, 0], { parts }),
      completions: [1, 2].map(() => ({ ...completion, values: [0], refLogprobs: [-1] })),
    };
    expect(() => objective({ kind: "ppo", baseline: "values" }, [withValues])).toThrow(ConfigError);
    expect(() => objective({ kind: "dpo" }, [withValues])).toThrow("normalised apart");
    const penalised = { kind: "grpo", klCoefficient: 0.1, klPlacement: "reward" } as const;
    expect(() => objective(penalised, [withValues])).toThrow(ConfigError);
    expect(() => objective(GRPO, [group([1, 0], { parts: [{ coefficient: 1, rewards: [1] }] })])).toThrow(
      ShapeError,
    );
    expect(() => objective(GRPO, [group([1, 0], { others: [Infinity] })])).toThrow(NumericError);
    expect(() =>
      objective(GRPO, [group([1, 0], { parts: [{ coefficient: Infinity, rewards: [1, 0] }] })]),
    ).toThrow(NumericError);
  });
});
