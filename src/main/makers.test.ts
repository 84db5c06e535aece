import { describe, expect, test } from "vitest";
import { benchmarkSchema, createBenchmark } from "../benchmark/index.ts";
import { creditMethod, creditSchema } from "../credit/index.ts";
import { ConfigError } from "../errors/index.ts";
import { algorithmSchema, createAlgorithm } from "../objective/index.ts";
import { createReward, rewardEntrySchema } from "../reward/index.ts";
import { answerVerdict, createVerdict, verdictSchema } from "../verify/index.ts";

const rewardContext = { verdict: answerVerdict(), maxCompletionTokens: 8 };
const benchmarkContext = { data: undefined, seed: 0 };

/** Makers of built-in parts, as programs call them. */
const makers: Readonly<Record<string, (config: never) => unknown>> = {
  createAlgorithm: (config) => createAlgorithm(config),
  creditMethod: (config) => creditMethod(config),
  createVerdict: (config) => createVerdict(config),
  createReward: (config) => createReward(config, rewardContext),
  createBenchmark: (config) => createBenchmark(config, benchmarkContext),
};
const made = async (name: string, config: unknown) => makers[name]!(config as never);

describe("a maker of built-in parts", () => {
  test.each(Object.keys(makers))("%s refuses what is no configuration, with a typed error", async (name) => {
    for (const config of [undefined, null, 3, {}, { kind: "nothing" }]) {
      await expect(made(name, config)).rejects.toThrow(ConfigError);
      await expect(made(name, config)).rejects.toThrow(/expected one of .+, got /);
    }
  });

  test.each([
    ["createAlgorithm", { kind: "dapo", clippHigh: 0.3 }],
    ["creditMethod", { kind: "dyco-rl", tau: 1 }],
    ["createVerdict", { kind: "relaxed", form: "text" }],
    ["createReward", { kind: "format", wieght: 1 }],
    ["createBenchmark", { kind: "chartqa", scorrer: "x" }],
  ])("%s refuses unknown options", async (name, config) => {
    await expect(made(name, config)).rejects.toThrow(ConfigError);
    await expect(made(name, config)).rejects.toThrow(/unknown option/);
  });

  test("fills in missing options", async () => {
    const algorithm = createAlgorithm({ kind: "dapo", aggregation: "token-mean" });
    const whole = createAlgorithm(algorithmSchema.parse({ kind: "dapo" }));
    if (algorithm.unit !== "token" || whole.unit !== "token") throw new Error("expected tokens");
    expect(algorithm.surrogate(3, 1, 0)).toEqual(whole.surrogate(3, 1, 0));
    expect(creditMethod({ kind: "at-rl" }).needs).toEqual(
      creditMethod(creditSchema.parse({ kind: "at-rl" })).needs,
    );
    expect(creditMethod({ kind: "dyco-rl" }).needs.attention).toBeDefined();
    expect(createVerdict({ kind: "relaxed" }).name).toBe(
      createVerdict(verdictSchema.parse({ kind: "relaxed" })).name,
    );
    expect(createReward({ kind: "format" }, rewardContext)).toMatchObject({ name: "format", weight: 1 });
    const { kind } = benchmarkSchema.options[0].shape;
    const benchmark = await createBenchmark({ kind: kind.value } as never, benchmarkContext);
    expect(benchmark.name).toBeDefined();
  });

  test("takes a complete configuration as it is", () => {
    for (const { shape } of algorithmSchema.options) {
      const config = algorithmSchema.parse({ kind: shape.kind.value });
      expect(algorithmSchema.parse(config)).toEqual(config);
    }
    for (const { shape } of creditSchema.options) {
      const parsed = creditSchema.safeParse({ kind: shape.kind.value });
      if (parsed.success) expect(creditSchema.parse(parsed.data)).toEqual(parsed.data);
    }
    for (const { shape } of rewardEntrySchema.options) {
      const parsed = rewardEntrySchema.safeParse({ kind: shape.kind.value });
      if (parsed.success) expect(rewardEntrySchema.parse(parsed.data)).toEqual(parsed.data);
    }
  });
});
