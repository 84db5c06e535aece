import { describe, expect, test } from "vitest";
import { ConfigError, NumericError, PartError } from "../../errors/index.ts";
import {
  algorithmAt,
  type ObjectiveGroup,
  objective,
  type PairAlgorithm,
  resolveAlgorithm,
  type TokenAlgorithm,
} from "../../objective/index.ts";
import { heldObjective } from "./held-objective.ts";

const NAME = 'objective "own"';
const held = (given: object) => heldObjective(given, "objective", NAME);

const completion = (rise: number) => ({
  logprobs: [-1 + rise, -2],
  oldLogprobs: [-1, -2],
  refLogprobs: [-1.5, -2],
  values: [0.5, 0.25],
  mask: [1, 1],
});
const groups: ObjectiveGroup[] = [{ rewards: [1, 0], completions: [completion(0.25), completion(0)] }];

const grpo = resolveAlgorithm({ kind: "grpo", klCoefficient: 0.1 }) as TokenAlgorithm;
const ppo = resolveAlgorithm({ kind: "ppo", baseline: "values" }) as TokenAlgorithm;
const dpo = resolveAlgorithm({ kind: "dpo" }) as PairAlgorithm;
const fails = () => {
  throw new TypeError("no such column");
};
const nan = { value: Number.NaN, derivative: 0 };

describe("the functions of a user's objective", () => {
  test.each<[member: string, given: object, message: string]>([
    ["advantage", { ...grpo, advantage: { ...grpo.advantage, of: fails } }, "advantage: no such column"],
    [
      "advantage",
      { ...grpo, advantage: { ...grpo.advantage, of: () => [] } },
      "advantage: expected 1 groups of advantages, got undefined",
    ],
    [
      "advantage",
      { ...grpo, advantage: { ...grpo.advantage, of: () => ({ advantages: [[]] }) } },
      "advantage: expected 2 rows of advantages for group 0, got 0",
    ],
    [
      "advantage",
      { ...grpo, advantage: { ...grpo.advantage, of: () => ({ advantages: [[[1, 1], [1]]] }) } },
      "advantage: expected 2 numbers for completion 1 of group 0, got 1",
    ],
    [
      "advantage",
      {
        ...grpo,
        advantage: {
          ...grpo.advantage,
          of: () => ({
            advantages: [
              [
                [1, 1],
                [1, Infinity],
              ],
            ],
          }),
        },
      },
      "advantage: expected numbers, got Infinity (token 1 of completion 1 of group 0)",
    ],
    [
      "returns",
      {
        ...ppo,
        advantage: {
          ...ppo.advantage,
          of: () => ({
            advantages: [
              [
                [1, 1],
                [1, 1],
              ],
            ],
            returns: [],
          }),
        },
      },
      "advantage: expected 1 groups of returns, got 0",
    ],
    ["ratios", { ...grpo, ratioLevel: { ...grpo.ratioLevel, ratios: fails } }, "ratioLevel.ratios: no such"],
    [
      "ratios",
      { ...grpo, ratioLevel: { ...grpo.ratioLevel, ratios: () => [1] } },
      "ratioLevel.ratios: expected 2 numbers for a completion, got 1",
    ],
    [
      "pullback",
      { ...grpo, ratioLevel: { ...grpo.ratioLevel, pullback: () => [1, Number.NaN] } },
      "ratioLevel.pullback: expected numbers, got NaN (token 1 of a completion)",
    ],
    ...[undefined, "upper", true, ["none", "none"]].map((clipped): [string, object, string] => [
      "surrogate",
      {
        ...grpo,
        surrogate: () => ({ value: 1, ratioDerivative: 0, logprobDerivative: 0, clipped }),
      },
      'surrogate: expected clipped to be one of "none", "low", "high", "dual", got ',
    ]),
    ["aggregation", { ...grpo, aggregation: () => [[1, 1]] }, "aggregation: expected 2 rows, got 1"],
    [
      "aggregation",
      { ...grpo, aggregation: (masks: ArrayLike<number>[]) => masks.map(() => [1, Number.NaN]) },
      "aggregation: expected numbers, got NaN (token 1 of completion 0)",
    ],
    ["kl", { ...grpo, kl: { ...grpo.kl, estimate: fails } }, "kl.estimate: no such column"],
    [
      "kl",
      { ...grpo, kl: { ...grpo.kl, estimate: () => nan } },
      "kl.estimate: expected numbers value and derivative, got an object with value, derivative (log-probs -0.75",
    ],
    ["value", { ...ppo, value: { coefficient: 1, loss: fails } }, "value.loss: no such column"],
    [
      "value",
      { ...ppo, value: { coefficient: 1, loss: () => nan } },
      "value.loss: expected numbers value and derivative",
    ],
    ["pairs", { ...dpo, pairs: fails }, "pairs: no such column"],
    [
      "pairs",
      { ...dpo, pairs: () => [{ chosen: 0, rejected: 2 }] },
      "pairs: expected indices of the group's 2 completions, got chosen 0 and rejected 2",
    ],
    ["pairs", { ...dpo, pairs: () => "01" }, 'pairs: expected a list of pairs, got "01"'],
    ["loss", { ...dpo, loss: () => nan }, "loss: expected numbers value and derivative"],
    ["divergence", { ...dpo, divergence: fails }, "divergence: no such column"],
  ])("%s that fails, or returns what the batch cannot use, is named: %#", (_member, given, message) => {
    const run = () => objective(held(given), groups);
    expect(run).toThrow(PartError);
    expect(run).toThrow(`${NAME}: ${message}`);
  });

  test("a schedule of the KL term too", () => {
    const at = (shareAt: unknown) => () => algorithmAt(held({ ...grpo, kl: { ...grpo.kl, shareAt } }), 0.5);
    expect(at(fails)).toThrow(`${NAME}: kl.shareAt: no such column`);
    expect(at(() => Number.NaN)).toThrow(`${NAME}: kl.shareAt: expected numbers, got NaN`);
    expect(at(() => 0.5)()).toMatchObject({ kl: { coefficient: 0.05 } });
  });

  test.each([grpo, ppo, dpo, resolveAlgorithm({ kind: "gspo" }), resolveAlgorithm({ kind: "dapo" })])(
    "give the same numbers as without the checks: %#",
    (algorithm) => {
      expect(objective(held(algorithm), groups)).toEqual(objective(algorithm, groups));
    },
  );

  test("may be members of classes, in parts of the record too", () => {
    class Level {
      readonly keepsTokenCredit = true;
      readonly #own = grpo.ratioLevel;
      ratios(...given: Parameters<typeof grpo.ratioLevel.ratios>) {
        return this.#own.ratios(...given);
      }
      pullback(...given: Parameters<typeof grpo.ratioLevel.pullback>) {
        return this.#own.pullback(...given);
      }
    }
    const own = held({ ...grpo, ratioLevel: new Level() });
    expect(objective(own, groups)).toEqual(objective(grpo, groups));
  });

  test.each([grpo, resolveAlgorithm({ kind: "gspo", form: "sequence" })])(
    "may have infinite terms, which are a matter of the batch: %#",
    (algorithm) => {
      const far = [{ rewards: [0, 1], completions: [completion(2_000), completion(0)] }];
      expect(() => objective(held(algorithm), far)).toThrow(NumericError);
      expect(() => objective(held(algorithm), far)).toThrow("too far apart");
    },
  );
});

test.each([
  [{ ...ppo, value: { coefficient: 1 } }, "objective.value.loss: expected a function, got undefined"],
  [{ ...grpo, correction: { cap: 2 } }, "objective.correction.level: expected one of"],
  [{ ...grpo, kl: { ...grpo.kl, shareAt: 0.5 } }, "objective.kl.shareAt: expected a function, got 0.5"],
])("a record that lacks a member is refused before the run: %#", (given, message) => {
  expect(() => held(given)).toThrow(ConfigError);
  expect(() => held(given)).toThrow(message);
});
