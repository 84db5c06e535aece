import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { EngineError } from "../errors/index.ts";
import { attentionSignals } from "./attention-signals.ts";
import { dycoRl } from "./methods/dyco-rl/dyco-rl.ts";
import { dycoRlReleased } from "./methods/dyco-rl/released.ts";
import { type CreditConfig, creditMethod, creditSchema } from "./registry.ts";

const rows = [0.4, 0.4, 0.1, 0.1, 0, 0.4, 0, 0.1, 0.1, 0.4];
const attention = attentionSignals(rows, { tokens: 2, keys: 5 }, [2, 2, 1, 1, 1], 3);
const other = attentionSignals(rows.toReversed(), { tokens: 2, keys: 5 }, [2, 2, 1, 1, 1], 3);
const mask = [1, 1];
const groups = [
  [
    { mask, signals: { attention } },
    { mask, signals: { attention: other } },
  ],
];
const parse = (config: unknown): CreditConfig => creditSchema.parse(config);

describe("creditMethod", () => {
  test("uniform and constant ask for no signal and weigh counted tokens alike", () => {
    const uniform = creditMethod(parse({ kind: "uniform" }));
    expect(uniform.needs).toEqual({});
    expect(uniform.credit([[{ mask: [1, 0] }]])[0]![0]!.weights).toEqual(Float64Array.of(1, 0));
    const constant = creditMethod(parse({ kind: "constant", weight: 1.5 }));
    expect(constant.credit([[{ mask: [1, 0] }]])[0]![0]!.weights).toEqual(Float64Array.of(1.5, 0));
  });

  test("dyco-rl asks for the attention row of its configuration", () => {
    const method = creditMethod(parse({ kind: "dyco-rl", row: "predicting" }));
    expect(method.needs).toEqual({ attention: { row: "predicting" } });
  });

  test("dyco-rl credits each completion as dycoRl does", () => {
    const [credits] = creditMethod(parse({ kind: "dyco-rl", alpha: 0.5 })).credit(groups);
    expect(credits![0]).toEqual(dycoRl({ ...attention, mask }, { alpha: 0.5 }));
    expect(credits![1]).toEqual(dycoRl({ ...other, mask }, { alpha: 0.5 }));
  });

  test("dyco-rl's released variant compares the completions of a group, and no others", () => {
    const method = creditMethod(parse({ kind: "dyco-rl", variant: "released", shortCompletion: 0 }));
    const expected = dycoRlReleased(
      [
        { ...attention, mask },
        { ...other, mask },
      ],
      { shortCompletion: 0 },
    );
    expect(method.credit([...groups, [{ mask, signals: { attention } }]])[0]).toEqual(expected);
  });

  test("at-rl asks for the bias curve of its configuration, and for none where it is the paper's", () => {
    const asked = (biasCorrection: unknown) =>
      creditMethod(parse({ kind: "at-rl", ...(biasCorrection !== undefined && { biasCorrection }) })).needs
        .calibrated;
    const plain = { row: "own", layers: 4, biasCorrection: true };
    expect(asked(undefined)).toEqual(plain);
    expect(asked(true)).toEqual(plain);
    expect(asked({})).toEqual(plain);
    expect(asked({ exponential: 0.15, decay: 4, cosine: 0.05 })).toEqual(plain);
    expect(asked(false)).toEqual({ ...plain, biasCorrection: false });
    expect(asked({ decay: 8 })).toEqual({
      ...plain,
      biasCurve: { exponential: 0.15, decay: 8, cosine: 0.05 },
    });
  });

  test("names the completion that lacks its signals", () => {
    const method = creditMethod(parse({ kind: "dyco-rl" }));
    expect(() => method.credit([[{ mask, signals: { attention } }, { mask }]])).toThrow(EngineError);
    expect(() => method.credit([[{ mask, signals: { attention } }, { mask }]])).toThrow(
      "completion 1 of group 0",
    );
  });
});

describe("creditSchema", () => {
  test("fills in the paper's values", () => {
    expect(parse({ kind: "dyco-rl" })).toEqual({
      kind: "dyco-rl",
      variant: "paper",
      alpha: 0.2,
      threshold: 0.05,
      row: "own",
    });
    expect(parse({ kind: "constant" })).toEqual({ kind: "constant", weight: 1.2 });
  });

  test.each([
    ["an unknown method", { kind: "dyco" }],
    ["an unknown option", { kind: "dyco-rl", tau: 0.1 }],
    ["an option of another method", { kind: "uniform", alpha: 0.2 }],
    ["an option of the other variant", { kind: "dyco-rl", shortCompletion: 10 }],
    ["a bias curve that is not positive", { kind: "at-rl", biasCorrection: { cosine: 1 } }],
    ["an unknown parameter of the bias curve", { kind: "at-rl", biasCorrection: { gamma: 4 } }],
    ["a negative strength", { kind: "dyco-rl", alpha: -0.1 }],
    ["a strength that is no number", { kind: "dyco-rl", alpha: Number.NaN }],
  ])("rejects %s", (_, config) => {
    expect(creditSchema.safeParse(config).success).toBe(false);
  });
});

test("the median of a method's file is under 100 lines, and docs/extending.md counts them right", () => {
  const folder = new URL("methods/", import.meta.url);
  const lines = readdirSync(folder)
    .filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"))
    .map((name) => readFileSync(new URL(name, folder), "utf8").split("\n").length - 1)
    .sort((a, b) => a - b);
  const middle = lines.slice(Math.ceil(lines.length / 2) - 1, Math.floor(lines.length / 2) + 1);
  const median = middle.reduce((a, b) => a + b, 0) / middle.length;
  expect(median).toBeLessThan(100);
  const page = readFileSync(new URL("../../docs/extending.md", import.meta.url), "utf8");
  expect(page).toContain(
    `The median length of their files is ${Math.floor(median)} lines, from ${lines[0]} to ${lines.at(-1)};`,
  );
});
