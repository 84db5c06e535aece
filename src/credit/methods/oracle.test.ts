import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ConfigError, DataError, EngineError, NumericError, ShapeError } from "../../errors/index.ts";
import { mean, Rng } from "../../math/index.ts";
import type { CreditLabel } from "../method.ts";
import { creditMethod, creditSchema } from "../registry.ts";
import { oracle } from "./oracle.ts";

const label = (role: CreditLabel["role"], correct: boolean | null): CreditLabel => ({ role, correct });

// "I see 3 and 5. 3 + 5 = 12." of a canvas with 3 and 6: the tokens 1 and 2 of 12 are wrong, and so is 5.
const labels = [
  label("other", null),
  label("image", true),
  label("image", false),
  label("reasoning", true),
  label("reasoning", false),
  label("reasoning", false),
  label("other", null),
];
const weights = (...args: Parameters<typeof oracle>) => [...oracle(...args).weights];

describe("oracle by verdict", () => {
  test("spares right tokens of a punished completion, and gives wrong tokens nothing of a rewarded completion", () => {
    expect(weights({ labels, advantage: -0.7 })).toEqual([1, 0, 1, 0, 1, 1, 1]);
    expect(weights({ labels, advantage: 1.3 })).toEqual([1, 1, 0, 1, 0, 0, 1]);
    expect(weights({ labels, advantage: 0 })).toEqual([1, 1, 1, 1, 1, 1, 1]);
  });

  test("goes by the advantage of each token where they differ", () => {
    expect(weights({ labels, advantage: [1, -1, -1, 1, 1, -1, -1] })).toEqual([1, 0, 1, 1, 0, 1, 1]);
  });

  test("never lets a right token be punished or a wrong one be rewarded, and leaves all else", () => {
    const token = fc.record({
      role: fc.constantFrom("image" as const, "reasoning" as const, "other" as const),
      correct: fc.constantFrom(true, false, null),
    });
    fc.assert(
      fc.property(fc.array(token), fc.double({ min: -3, max: 3, noNaN: true }), (drawn, advantage) => {
        weights({ labels: drawn, advantage }).forEach((weight, t) => {
          const given = weight * advantage;
          const { correct } = drawn[t]!;
          if (correct === true) expect(given).toBeGreaterThanOrEqual(0);
          else if (correct === false) expect(given).toBeLessThanOrEqual(0);
          else expect(weight).toBe(1);
        });
      }),
    );
  });
});

describe("oracle by role", () => {
  test("lets the tokens of the roles learn, for any advantage", () => {
    expect(weights({ labels, advantage: -1 }, { by: "role" })).toEqual([0, 1, 1, 1, 1, 1, 0]);
    expect(weights({ labels }, { by: "role", roles: ["image"] })).toEqual([0, 1, 1, 0, 0, 0, 0]);
    expect(weights({ labels }, { by: "role", roles: ["reasoning"] })).toEqual([0, 0, 0, 1, 1, 1, 0]);
  });
});

describe("oracle by error", () => {
  test("punishes the first error alone", () => {
    expect(weights({ labels, advantage: -1 }, { by: "error" })).toEqual([0, 0, 1, 0, 0, 0, 0]);
  });

  test("takes a number of several tokens as one error, and another role as another error", () => {
    const result = labels.with(2, label("image", true));
    expect(weights({ labels: result, advantage: -1 }, { by: "error" })).toEqual([0, 0, 0, 0, 1, 1, 0]);
    const both = [label("image", false), label("reasoning", false)];
    expect(weights({ labels: both, advantage: -1 }, { by: "error" })).toEqual([1, 0]);
  });

  test("passes over an error that is masked", () => {
    const mask = [1, 1, 0, 1, 1, 1, 1];
    expect(weights({ labels, advantage: -1, mask }, { by: "error" })).toEqual([0, 0, 0, 0, 1, 1, 0]);
  });

  test("takes a completion for punished by the tokens that count", () => {
    const two = [label("image", false), label("image", true)];
    const masked = (advantage: number[]) =>
      weights({ labels: two, advantage, mask: [1, 0] }, { by: "error" });
    expect(masked([-1, 9])).toEqual([1, 0]);
    const right = [label("image", true), label("image", false)];
    const of = (advantage: number[], mask?: number[]) =>
      weights({ labels: right, advantage, mask }, { by: "error" });
    expect(of([3, -1])).toEqual([1, 1]);
    expect(of([3, -4])).toEqual([0, 1]);
    expect(of([3, -1], [0, 1])).toEqual([0, 1]);
    expect(of([-3, 3])).toEqual([1, 1]);
  });

  test("is uniform where the completion is rewarded or has no error", () => {
    expect(weights({ labels, advantage: 1 }, { by: "error" })).toEqual([1, 1, 1, 1, 1, 1, 1]);
    const clean = [label("image", true), label("other", null)];
    expect(weights({ labels: clean, advantage: -1 }, { by: "error" })).toEqual([1, 1]);
  });
});

describe("accuracy of the labels", () => {
  const many = Array.from({ length: 4_000 }, (_, t) => label("image", t % 2 === 0));
  /** Share of tokens that are treated as the truth would. */
  const share = (accuracy: number, by: "verdict" | "role" = "verdict") => {
    const told = weights({ labels: many, advantage: -1 }, { by, accuracy }, new Rng(7));
    const truth = weights({ labels: many, advantage: -1 }, { by });
    return mean(told.map((weight, t) => Number(weight === truth[t])));
  };

  test("is the share of labels that are true", () => {
    // Four standard deviations of a share of 4,000 draws at 0.5 are 0.032.
    for (const accuracy of [0.5, 0.6, 0.8, 0.95]) {
      expect(Math.abs(share(accuracy) - accuracy)).toBeLessThan(0.032);
      expect(Math.abs(share(accuracy, "role") - accuracy)).toBeLessThan(0.032);
    }
  });

  test("of 1 is the truth and draws nothing", () => {
    expect(share(1)).toBe(1);
    const rng = new Rng(3);
    const before = rng.state();
    oracle({ labels: many, advantage: -1 }, {}, rng);
    expect(rng.state()).toEqual(before);
  });

  test("of 0.5 says nothing: right and wrong tokens have the same weights on average", () => {
    const told = weights({ labels: many, advantage: -1 }, { accuracy: 0.5 }, new Rng(1));
    const right = mean(told.filter((_, t) => t % 2 === 0));
    const wrong = mean(told.filter((_, t) => t % 2 === 1));
    // Four standard deviations of the difference of two shares of 2,000.
    expect(Math.abs(right - wrong)).toBeLessThan(0.064);
  });

  test("is reproducible by the generator, and its errors are nested", () => {
    const turned = (accuracy: number) =>
      new Set(
        weights({ labels: many, advantage: -1 }, { accuracy }, new Rng(5)).flatMap((weight, t) =>
          weight === (t % 2 === 0 ? 0 : 1) ? [] : [t],
        ),
      );
    expect(turned(0.8)).toEqual(turned(0.8));
    expect([...turned(0.9)].every((t) => turned(0.8).has(t))).toBe(true);
    expect(turned(0.8).size).toBeGreaterThan(turned(0.9).size);
  });

  test("leaves tokens without a truth alone", () => {
    const words = Array.from({ length: 200 }, () => label("other", null));
    expect(weights({ labels: words, advantage: -1 }, { accuracy: 0.5 }, new Rng(1))).toEqual(
      words.map(() => 1),
    );
  });
});

describe("bad input", () => {
  test.each([
    ["labels and advantages of two lengths", { labels, advantage: [1] }, {}, ShapeError],
    ["a mask of another length", { labels, mask: [1] }, {}, ShapeError],
    ["an accuracy below chance", { labels }, { accuracy: 0.4 }, NumericError],
    ["an accuracy that is no number", { labels }, { accuracy: Number.NaN }, NumericError],
    ["another rule", { labels }, { by: "guess" as "role" }, ConfigError],
  ])("%s is refused", (_, input, options, error) => {
    expect(() => oracle(input, options)).toThrow(error);
  });

  test.each([
    ["an unknown rule", { kind: "oracle", by: "guess" }],
    ["an accuracy below chance", { kind: "oracle", accuracy: 0.4 }],
    ["an accuracy above 1", { kind: "oracle", accuracy: 1.1 }],
    ["roles of another rule", { kind: "oracle", by: "error", roles: ["image"] }],
    ["no role", { kind: "oracle", by: "role", roles: [] }],
    ["a role twice", { kind: "oracle", by: "role", roles: ["image", "image"] }],
    ["a role that there is not", { kind: "oracle", by: "role", roles: ["other"] }],
  ])("the schema refuses %s", (_, config) => {
    expect(creditSchema.safeParse(config).success).toBe(false);
  });

  test("the method names the completion and the problem without labels or advantage", () => {
    const method = creditMethod(creditSchema.parse({ kind: "oracle" }));
    const problem = { id: "p-7", question: "?", answers: ["1"], columns: {} };
    const credit = (completion: object) => () => method.credit([[{ mask: [1], ...completion }]]);
    expect(credit({ problem, advantage: 1 })).toThrow(DataError);
    expect(credit({ problem, advantage: 1 })).toThrow("completion 0 of group 0, problem p-7");
    expect(credit({ labels: [label("image", true)] })).toThrow(EngineError);
  });

  test("by role no advantage is asked for", () => {
    expect(creditMethod(creditSchema.parse({ kind: "oracle", by: "role" })).needs).toEqual({ labels: true });
  });
});
