import { writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ConfigError } from "../errors/index.ts";
import { editDistance, nearestName } from "../errors/nearest-name.ts";
import type { Settings } from "../parts/index.ts";
import { temporaryDirectory } from "../testing/temporary-directory.ts";
import { differences } from "../train/run-directory/differences.ts";
import { mergeSettings } from "./merge.ts";
import { readConfigFile } from "./read-file.ts";
import { resolveConfig } from "./resolve-config.ts";
import { configSchema } from "./schema.ts";
import { leafKeys } from "./schema-keys.ts";

const withFlags = (...flags: string[]) => resolveConfig({ flags });

describe("resolving a configuration", () => {
  test("gives the documented defaults when nothing is written", () => {
    const config = resolveConfig();
    expect(config.model).toEqual({ kind: "small" });
    expect(config.train).toMatchObject({
      promptsPerIteration: 48,
      groupSize: 8,
      minibatches: 1,
      learningRate: 1e-4,
      beta1: 0.9,
      beta2: 0.99,
      epsilon: 1e-8,
      maxGradientNorm: 1,
    });
    expect(config.sampling).toMatchObject({ temperature: 1, topP: 1, topK: 0 });
    expect(config.sft).toMatchObject({ learningRate: 2e-3 });
    expect(config.credit).toEqual({ kind: "uniform" });
    expect(config.data).toMatchObject({ warmStart: { scans: 30 } });
  });

  test("lets the file win over the preset, and flags over the file", () => {
    const preset = { train: { iterations: 1, groupSize: 3, promptsPerIteration: 5 } };
    const file = { train: { iterations: 2, groupSize: 4 } };
    const { train } = resolveConfig({ preset, file, flags: ["train.iterations=3"] });
    expect(train).toMatchObject({ iterations: 3, groupSize: 4, promptsPerIteration: 5 });
  });

  test("drops the options of another kind when a later layer changes the kind", () => {
    const preset = { credit: { kind: "dyco-rl", alpha: 0.5 } };
    expect(resolveConfig({ preset, flags: ["credit=uniform"] }).credit).toEqual({ kind: "uniform" });
    expect(resolveConfig({ preset, flags: ["credit.alpha=0.7"] }).credit).toMatchObject({ alpha: 0.7 });
  });

  test("reads short forms of parts that are chosen by kind", () => {
    expect(withFlags("credit=constant", "credit.weight=2").credit).toEqual({ kind: "constant", weight: 2 });
    expect(withFlags("model=/models/qwen").model).toEqual({ kind: "directory", path: "/models/qwen" });
    expect(resolveConfig({ file: { model: "small" } }).model).toEqual({ kind: "small" });
    expect(withFlags("model=org/name").model).toEqual({ kind: "hub", name: "org/name", revision: "main" });
    expect(withFlags("model=org/name@v2").model).toEqual({ kind: "hub", name: "org/name", revision: "v2" });
    const lora = { rank: 4, alpha: 32, vision: false };
    expect(withFlags("engine.lora.rank=4").engine).toMatchObject({ kind: "local", lora });
    expect(withFlags().engine).not.toHaveProperty("lora");
    expect(withFlags("engine.memory=5 GiB").engine).toMatchObject({ memory: "5 GiB" });
    expect(withFlags("engine.memory=5000000000").engine).toMatchObject({ memory: 5e9 });
    expect(() => withFlags("engine.memory=much")).toThrow("engine.memory");
    expect(() => withFlags("engine.memory=much")).toThrow('expected bytes, or a size such as "5 GiB"');
    expect(() => withFlags("engine.memory=0")).toThrow("engine.memory");
    expect(withFlags("model=src/train").model).toEqual({ kind: "directory", path: "src/train" });
  });

  test("changes the engine by one line, and never takes an API key", () => {
    const engine = { kind: "tinker", url: "http://head-node:8000" } as const;
    expect(resolveConfig({ file: { engine } }).engine).toMatchObject({
      ...engine,
      apiKeyVariable: "TINKER_API_KEY",
      loraRank: 0,
      measureMismatch: true,
    });
    expect(withFlags("engine.url=http://a").engine).toMatchObject({ kind: "tinker", url: "http://a" });
    expect(() => withFlags("engine=tinker")).toThrow("engine.url");
    expect(() => withFlags("engine=tinker", "engine.url=head-node")).toThrow("engine.url");
    expect(() => withFlags("engine=tinker", "engine.url=http://a", "engine.apiKey=x")).toThrow(
      "unknown key engine.apiKey; did you mean engine.apiKeyVariable?",
    );
    expect(() => withFlags("engine=tinker", "engine.url=http://a", "engine.threads=2")).toThrow(
      'engine.threads does not apply to engine.kind "tinker"; it belongs to "local"',
    );
  });

  test("reads flags by type: numbers, lists, and text that looks like a number", () => {
    const config = withFlags("train.learningRate=1e-6", "data.kinds=[sum]", "prompt.suffix=10", "model=7");
    expect(config.train.learningRate).toBe(1e-6);
    expect(config.data).toMatchObject({ kind: "digits", kinds: ["sum"] });
    expect(config.prompt.suffix).toBe("10");
    expect(config.model).toEqual({ kind: "directory", path: "7" });
  });

  test("refuses a flag for an entry of a list, and says to set the list", () => {
    for (const flag of ["reward.0.weight=0.5", "evaluation.benchmarks.1.data=x", "data.digits.0=3"]) {
      const list = flag.slice(0, flag.search(/\.\d/));
      expect(() => resolveConfig({ flags: [flag] })).toThrow(`--set: ${list} is a list`);
    }
  });

  test("takes a data set by its path, with or without other settings of it", () => {
    const files = { kind: "files", path: "a/b.jsonl", format: "auto", shard: [0, 1], maxBrokenShare: 0.05 };
    expect(withFlags("data=a/b.jsonl").data).toMatchObject(files);
    expect(withFlags("data.path=a/b.jsonl").data).toMatchObject(files);
    const more = withFlags("data=a/b.jsonl", "data.columns.answer=label", "data.shard=[1,4]").data;
    expect(more).toMatchObject({ ...files, columns: { answer: "label" }, shard: [1, 4] });
    expect(withFlags("data=digits").data).toMatchObject({ kind: "digits", seed: 0 });
  });

  test.each([
    ["train.itertions=3", "unknown key train.itertions; did you mean train.iterations?"],
    ["iterations=3", "unknown key iterations; did you mean train.iterations?"],
    ["trian.iterations=3", "unknown key trian; did you mean train?"],
    ["__proto__.x=1", "unknown key __proto__"],
    ["train.constructor=1", "unknown key train.constructor"],
    ["credit.alfa=1", "unknown key credit.alfa; did you mean credit.alpha?"],
    ["credit.weight=1", 'credit.weight does not apply to credit.kind "uniform"; it belongs to "constant"'],
    ["credit=dyco", 'got "dyco"; did you mean "dyco-rl"?'],
    ["algorithm.kind=gpro", 'did you mean "grpo"?'],
    ["model.path=/x", 'model.path does not apply to model.kind "small"; it belongs to "directory"'],
    ["train.groupSize=1", "train.groupSize: Too small"],
    ["train.groupSize=2.5", "train.groupSize: expected int, got 2.5"],
    ["train.learningRate=.nan", "train.learningRate"],
    ["train.learningRate=fast", 'train.learningRate: expected number, got "fast"'],
    ["train.minibatches=99", "train.minibatches: expected at most train.promptsPerIteration (48), got 99"],
    ["train.warmup=151", "train.warmup: expected at most train.iterations (150), got 151"],
    ["sampling.topK=1", "sampling.topK"],
    ["data.shard=[4,4]", "data.shard"],
    ["train=3", "train: expected object, got 3"],
    ["train.iterations", "--set: expected key=value"],
    ["=3", "--set: expected key=value"],
    ["train..iterations=3", "--set: expected key=value"],
  ])("refuses %s", (flag, message) => {
    expect(() => withFlags(flag)).toThrow(ConfigError);
    expect(() => withFlags(flag)).toThrow(message);
  });

  test("leaves dynamic sampling and the punishment of length off unless given, and fills in their defaults", () => {
    expect(resolveConfig().train.dynamicSampling).toBeUndefined();
    expect(resolveConfig().reward).toEqual([{ kind: "accuracy", weight: 1, values: [0, 1] }]);
    const overlong = "reward=[accuracy, {kind: overlong, buffer: 16}]";
    const { train, reward } = withFlags("train.dynamicSampling={}", overlong);
    expect(train.dynamicSampling).toEqual({ maxAttempts: 10, spreadOf: "accuracy" });
    expect(reward[1]).toEqual({ kind: "overlong", buffer: 16, weight: 1 });
    expect(() => withFlags("sampling.maxCompletionTokens=16", overlong)).not.toThrow();
    expect(() => withFlags("sampling.maxCompletionTokens=319", "reward=[accuracy, length]")).toThrow(
      "reward length: expected min to be at most sampling.maxCompletionTokens (319), got 320",
    );
    expect(() => withFlags("sampling.maxCompletionTokens=15", overlong)).toThrow(
      "reward overlong: expected buffer to be at most sampling.maxCompletionTokens (15), got 16",
    );
  });

  test("refuses a sequence-level ratio together with token credit", () => {
    const gspo = ["algorithm=gspo", "algorithm.form=sequence"];
    expect(() => withFlags(...gspo, "credit=dyco-rl")).toThrow("erases token credit");
    expect(() => withFlags(...gspo, "credit=vicra")).toThrow("erases token credit");
    expect(withFlags(...gspo, "credit=uniform").credit).toEqual({ kind: "uniform" });
    expect(withFlags(...gspo, "credit=papo").credit.kind).toBe("papo");
    expect(() => withFlags("algorithm=dpo", "credit=papo")).toThrow(
      /"papo" with algorithm.kind "dpo".*pairs/,
    );
    expect(() => withFlags("algorithm=dpo", "credit=vppo", "credit.entropyPenalty=0.06")).toThrow(/pairs/);
    expect(withFlags("algorithm=dpo", "credit=vppo").credit.kind).toBe("vppo");
    expect(withFlags("algorithm=gspo").algorithm.kind).toBe("gspo");
  });

  test("names everything that is wrong at once", () => {
    expect(() => withFlags("train.seeed=1", "sft.scan=2")).toThrow(
      /2 problems:[\s\S]*train.seed[\s\S]*data.warmStart.scans/,
    );
  });

  test("accepts what it resolved, unchanged", () => {
    const config = withFlags("train.iterations=7", "credit=uniform");
    expect(resolveConfig({ file: JSON.parse(JSON.stringify(config)) as Settings })).toEqual(config);
  });

  test("describes every key", () => {
    const json = JSON.stringify(configSchema.shape.train.unwrap().shape);
    expect(json).toBeTypeOf("string");
    for (const key of ["train", "sft", "sampling", "evaluation", "prompt"] as const) {
      for (const [name, schema] of Object.entries(configSchema.shape[key].unwrap().shape)) {
        expect(schema.description, `${key}.${name}`).toMatch(/\w/);
      }
    }
  });
});

describe("configuration files", () => {
  const written = (name: string, text: string) => {
    const path = join(temporaryDirectory(), name);
    writeFileSync(path, text);
    return path;
  };

  test("are YAML or JSON, and an empty one says nothing", async () => {
    expect(await readConfigFile(written("a.yaml", "train: { iterations: 3 }"))).toEqual({
      train: { iterations: 3 },
    });
    expect(await readConfigFile(written("a.json", '{"credit":"uniform"}'))).toEqual({ credit: "uniform" });
    expect(await readConfigFile(written("a.yml", "# nothing yet\n"))).toEqual({});
    expect(resolveConfig({ file: await readConfigFile(written("b.yml", "train:\nsft:\n")) })).toEqual(
      resolveConfig(),
    );
  });

  test.each([
    ["a.txt", "{}", "expected a name ending in"],
    ["a.json", "{", "a.json"],
    ["a.yaml", "a: [", "a.yaml"],
    ["a.yaml", "- 1\n- 2\n", "expected an object of settings"],
  ])("%s with %j is refused", async (name, text, message) => {
    await expect(readConfigFile(written(name, text))).rejects.toThrow(message);
  });

  test("that do not exist are named", async () => {
    await expect(readConfigFile("/nowhere/run.yaml")).rejects.toThrow("/nowhere/run.yaml: cannot be read");
  });
});

describe("names", () => {
  test("have the edit distance of a hand count, with a swap of neighbours as one edit", () => {
    expect(editDistance("kitten", "sitting")).toBe(3);
    expect(editDistance("gpro", "grpo")).toBe(1);
    expect(editDistance("", "abc")).toBe(3);
  });

  test("have a distance that is symmetric, zero only for equals, and at most the longer length", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 8 }), fc.string({ maxLength: 8 }), (a, b) => {
        expect(editDistance(a, b)).toBe(editDistance(b, a));
        expect(editDistance(a, b) === 0).toBe(a === b);
        expect(editDistance(a, b)).toBeLessThanOrEqual(Math.max(a.length, b.length));
      }),
    );
  });

  test("have no nearest one when nothing is near", () => {
    expect(nearestName("iteratoins", ["iterations", "seed"])).toBe("iterations");
    expect(nearestName("xyzzy", ["iterations", "seed"])).toBeUndefined();
  });

  test("of the schema are listed down to the options of each kind", () => {
    const keys = leafKeys(configSchema);
    for (const key of ["train.iterations", "credit.alpha", "model.path", "algorithm.clipLow", "data.noise"]) {
      expect(keys).toContain(key);
    }
  });
});

describe("trees of settings", () => {
  const trees = fc.letrec<{ tree: Settings }>((tie) => ({
    tree: fc.dictionary(fc.constantFrom("a", "b", "c"), fc.oneof(fc.integer(), tie("tree")), { maxKeys: 3 }),
  })).tree;

  test("laid over themselves or over nothing are unchanged", () => {
    fc.assert(
      fc.property(trees, (tree) => {
        expect(mergeSettings(tree, tree)).toEqual(tree);
        expect(mergeSettings({}, tree)).toEqual(tree);
        expect(mergeSettings(tree, {})).toEqual(tree);
      }),
    );
  });

  test("differ in what is named, with both values", () => {
    expect(differences({ a: { b: 1, c: 2 } }, { a: { b: 1, c: 3, d: 4 } })).toEqual([
      "a.c: 2 before, 3 now",
      "a.d: unset before, 4 now",
    ]);
    fc.assert(fc.property(trees, (tree) => differences(tree, tree).length === 0));
  });
});
