import { describe, expect, test } from "vitest";
import { ConfigError, NumericError, ShapeError } from "../errors/index.ts";
import { checkGroups, requireGroups } from "./check.ts";
import { type AlgorithmInput, resolveAlgorithm } from "./registry.ts";
import type { ObjectiveCompletion, ObjectiveGroup } from "./types.ts";

const good: ObjectiveCompletion = { logprobs: [-1, -2], oldLogprobs: [-1, -2], mask: [1, 1] };
const referred = { ...good, refLogprobs: [-1, -2] };
const perception = { ablatedLogprobs: [-1, -2], coefficients: [1, 1], bound: 1, entropyPenalty: 0 };
const at = () => ({ value: 0, given: 0, views: [] });
const grpo: AlgorithmInput = { kind: "grpo" };
const dpo: AlgorithmInput = { kind: "dpo" };

const check = (config: AlgorithmInput, groups: readonly ObjectiveGroup[]) => () =>
  checkGroups(groups, resolveAlgorithm(config));
/** The second completion of the second group has something else. */
const withCompletion = (config: AlgorithmInput, more: object, base: ObjectiveCompletion = good) =>
  check(config, [
    { rewards: [1, 0], completions: [base, base] },
    { rewards: [1, 0], completions: [base, { ...base, ...more }] },
  ]);
const withGroup = (config: AlgorithmInput, more: object, base: ObjectiveCompletion = good) =>
  check(config, [{ rewards: [1, 0], completions: [base, base], ...more }]);

describe("arrays of a completion", () => {
  const names = [
    "logprobs",
    "oldLogprobs",
    "samplerLogprobs",
    "refLogprobs",
    "weights",
    "advantageBonus",
    "values",
    "oldValues",
  ] as const;

  test.each(names)("%s has a finite number for each token that counts", (name) => {
    const config: AlgorithmInput = { kind: "ppo", baseline: "group" };
    const where = "(completion 1 of group 1)";
    expect(withCompletion(config, { [name]: [-1, 3] })).not.toThrow();
    expect(withCompletion(config, { [name]: [-1, Number.NaN], mask: [1, 0] })).not.toThrow();
    for (const bad of [Number.NaN, Infinity, -Infinity]) {
      const call = withCompletion(config, { [name]: [-1, bad] });
      expect(call).toThrow(NumericError);
      expect(call).toThrow(`${name}[1]: expected a finite number, got ${bad} ${where}`);
    }
    expect(withCompletion(config, { [name]: [-1] })).toThrow(ShapeError);
    expect(withCompletion(config, { [name]: [-1] })).toThrow(
      // The length of the completion is that of its log-probs.
      name === "logprobs"
        ? "mask: expected shape [1], got [2]"
        : `${name}: expected shape [2], got [1] ${where}`,
    );
    expect(withCompletion(config, { [name]: null })).toThrow(`${name}: expected an array, got null ${where}`);
    expect(withCompletion(config, { [name]: 5 })).toThrow(`${name}: expected an array, got number ${where}`);
  });

  test("the mask is of 0 and 1", () => {
    expect(withCompletion(grpo, { mask: [0, 1] })).not.toThrow();
    for (const bad of [2, -1, 0.5, Number.NaN]) {
      expect(withCompletion(grpo, { mask: [1, bad] })).toThrow(
        new NumericError(`mask[1]: expected 0 or 1, got ${bad} (completion 1 of group 1)`),
      );
    }
    expect(withCompletion(grpo, { mask: undefined })).toThrow("mask: expected an array, got undefined");
  });
});

describe("rewards", () => {
  test("are as many as completions, and finite where they are no null and no NaN", () => {
    expect(withGroup(grpo, { rewards: [null, Number.NaN] })).not.toThrow();
    expect(withGroup(grpo, { rewards: [1] })).toThrow(
      new ShapeError("rewards: expected one per completion, got 1 for 2 completions (group 0)"),
    );
    for (const bad of [Infinity, -Infinity]) {
      expect(withGroup(grpo, { rewards: [1, bad] })).toThrow(
        `rewards[1]: expected a finite number, null or NaN, got ${bad} (completion 1 of group 0)`,
      );
    }
  });

  test("and completions are lists", () => {
    const groups = (list: unknown) => () => requireGroups(list as readonly ObjectiveGroup[]);
    expect(groups([{ rewards: [], completions: [] }])).not.toThrow();
    expect(groups([{ rewards: [], completions: {} }])).toThrow("groups[0].completions: expected a list");
    expect(groups([{ rewards: 3, completions: [] }])).toThrow("groups[0].rewards: expected an array");
    expect(groups([{ rewards: [], completions: [null] }])).toThrow("groups[0].completions[0]");
    expect(groups([null])).toThrow("groups[0]: expected an object, got null");
  });
});

describe("what an algorithm needs is named with the option that asks for it", () => {
  test.each<[AlgorithmInput, ObjectiveCompletion, string]>([
    [{ kind: "grpo", klCoefficient: 0.25 }, referred, "algorithm.klCoefficient: 0.25 needs refLogprobs"],
    [dpo, referred, "algorithm.kind: dpo needs refLogprobs"],
    [{ kind: "grpo", samplerCorrection: {} }, { ...good, samplerLogprobs: [-1, -1] }, "samplerLogprobs"],
    [
      { kind: "ppo", baseline: "values" },
      { ...good, values: [0, 0] },
      "needs the values of every completion",
    ],
    [{ kind: "ppo" }, { ...good, values: [0, 0] }, "needs the values of every completion"],
  ])("%o", (config, whole, message) => {
    const lacking = { refLogprobs: undefined, samplerLogprobs: undefined, values: undefined };
    expect(withCompletion(config, {}, whole)).not.toThrow();
    expect(withCompletion(config, lacking, whole)).toThrow(ConfigError);
    expect(withCompletion(config, lacking, whole)).toThrow(message);
    expect(withCompletion(config, lacking, whole)).toThrow("(completion 1 of group 1)");
  });

  test("and nothing else is needed", () => {
    for (const kind of ["grpo", "dr-grpo", "dapo", "gspo", "sapo", "cispo", "reinforce", "ppo"] as const) {
      expect(withCompletion({ kind }, {})).not.toThrow();
    }
    expect(withCompletion({ kind: "ppo", baseline: "group" }, { values: [0, 0] })).not.toThrow();
    expect(withCompletion(grpo, { values: [0, 0] })).not.toThrow();
  });
});

describe("a perception term", () => {
  const own = (more: object) => withCompletion(grpo, { perception: { ...perception, ...more } });

  test("has a bound and a penalty that are finite and at least 0, and coefficients from 0", () => {
    expect(own({ bound: 0, entropyPenalty: 0, coefficients: [0, 0] })).not.toThrow();
    expect(own({ bound: 1e300, entropyPenalty: 1e300 })).not.toThrow();
    for (const name of ["bound", "entropyPenalty"]) {
      for (const bad of [-Number.MIN_VALUE, Infinity, Number.NaN]) {
        expect(own({ [name]: bad })).toThrow(`perception.${name}: expected a finite number ≥ 0, got ${bad}`);
      }
    }
    expect(own({ coefficients: [1, -0.5] })).toThrow("perception.coefficients[1]: expected a number ≥ 0");
    expect(own({ ablatedLogprobs: [1, Infinity] })).toThrow("perception.ablatedLogprobs[1]");
    expect(own({ coefficients: [1] })).toThrow("perception.coefficients: expected shape [2], got [1]");
  });

  test("is not read where tokens do not count, and is refused where pairs are compared", () => {
    const term = { ...perception, coefficients: [1, -5], ablatedLogprobs: [-1, Number.NaN] };
    expect(withCompletion(grpo, { perception: term, mask: [1, 0] })).not.toThrow();
    expect(withCompletion(grpo, { perception: null })).not.toThrow();
    expect(withCompletion(grpo, { perception: 3 })).toThrow("perception: expected an object, got number");
    expect(withCompletion(dpo, { perception }, referred)).toThrow("no place for a perception term");
  });
});

describe("a term over views", () => {
  const view = { logprobs: [-1, -2] };
  const views = (own: unknown) =>
    withCompletion(grpo, { viewTerm: own }, { ...good, viewTerm: { views: [view], at } });

  test("has as many views for each completion, with log-probs that are finite where tokens count", () => {
    expect(views({ views: [view], at })).not.toThrow();
    expect(views(null)).not.toThrow();
    expect(views({ views: [view, view], at })).toThrow(
      "viewTerm.views: expected as many for every completion, 1, got 2 (completion 1 of group 1)",
    );
    expect(views({ views: [], at })).toThrow("expected as many for every completion, 1, got 0");
    expect(views({ views: [{ logprobs: [-1, Number.NaN] }], at })).toThrow("viewTerm.views[0].logprobs[1]");
    expect(views({ views: [{ logprobs: [-1] }], at })).toThrow("viewTerm.views[0].logprobs: expected shape");
    expect(views({ views: [view] })).toThrow("viewTerm.at: expected a function, got undefined");
    expect(views({ views: {}, at })).toThrow("viewTerm.views: expected a list");
    expect(withCompletion(dpo, { viewTerm: { views: [view], at } }, referred)).toThrow("no place for a term");
  });
});

describe("comparisons beside the rewards", () => {
  const parts = [{ coefficient: 1, rewards: [1, 0] }];

  test("need advantages of outcomes, also where only whitening is asked for", () => {
    for (const more of [{ parts }, { others: [1] }, { isWhitened: true }]) {
      expect(withGroup(grpo, more)).not.toThrow();
      for (const config of [dpo, { kind: "ppo" }, { kind: "ppo", baseline: "values" }] as const) {
        const valued = { ...referred, values: [0, 0] };
        expect(withGroup(config, {}, valued)).not.toThrow();
        expect(withGroup(config, more, valued)).toThrow(ConfigError);
        expect(withGroup(config, more, valued)).toThrow(`algorithm.kind "${config.kind}"`);
      }
    }
    for (const more of [{ parts: [] }, { others: [] }, { isWhitened: false }]) {
      expect(withGroup(dpo, more, referred)).not.toThrow();
    }
  });

  test("have finite coefficients, and rewards that are finite, null or NaN, one per completion", () => {
    const part = (more: object) => withGroup(grpo, { parts: [...parts, { ...parts[0], ...more }] });
    expect(part({ coefficient: -2, rewards: [null, Number.NaN] })).not.toThrow();
    for (const bad of [Infinity, Number.NaN]) {
      expect(part({ coefficient: bad })).toThrow(
        `parts[1].coefficient: expected a finite number, got ${bad}`,
      );
    }
    expect(part({ rewards: [1] })).toThrow("parts[1]: expected 2 rewards, got 1 (group 0)");
    expect(part({ rewards: undefined })).toThrow("groups[0].parts[1].rewards: expected an array");
    expect(part({ rewards: [1, -Infinity] })).toThrow(
      "rewards compared with: expected finite numbers or null",
    );
    expect(withGroup(grpo, { others: [null, Number.NaN, 3] })).not.toThrow();
    expect(withGroup(grpo, { others: [1, Infinity] })).toThrow("got Infinity (group 0)");
    expect(withGroup(grpo, { others: 4 })).toThrow("groups[0].others: expected an array");
  });
});

describe("known advantages", () => {
  const known = (own: unknown) => withGroup(grpo, { known: own });

  test("have the shape of their completions, as returns do where there are any", () => {
    const rows = [
      [1, 1],
      [-1, -1],
    ];
    expect(known({ advantages: rows })).not.toThrow();
    expect(
      known({
        advantages: rows,
        returns: [
          [1, Number.NaN],
          [0, 0],
        ],
      }),
    ).not.toThrow();
    expect(known(undefined)).not.toThrow();
    for (const bad of [[[1, 1]], [[1, 1], [1]], [...rows, [1, 1]], []]) {
      expect(known({ advantages: bad })).toThrow("known.advantages: expected a number for each token");
      expect(known({ advantages: rows, returns: bad })).toThrow("known.returns: expected a number for each");
    }
    expect(
      known({
        advantages: [
          [1, 1],
          [1, Infinity],
        ],
      }),
    ).toThrow("known.advantages[1]");
    expect(known({ advantages: undefined })).toThrow("groups[0].known.advantages: expected an array");
    expect(known(7)).toThrow("groups[0].known: expected an object");
  });
});

test("one weight and one addition per completion are all that a ratio of the sequence can take", () => {
  const sequence: AlgorithmInput = { kind: "gspo", form: "sequence" };
  for (const name of ["weights", "advantageBonus"]) {
    expect(withCompletion(sequence, { [name]: [2, 2] })).not.toThrow();
    expect(withCompletion(sequence, { [name]: [2, 3], mask: [1, 0] })).not.toThrow();
    expect(withCompletion(sequence, { [name]: [2, 3] })).toThrow('use form "token"');
    expect(withCompletion({ kind: "gspo" }, { [name]: [2, 3] })).not.toThrow();
  }
  expect(withCompletion(dpo, { weights: [2, 3] }, referred)).not.toThrow();
  expect(withCompletion(dpo, { advantageBonus: [2, 3] }, referred)).toThrow("has no advantage to add to");
});
