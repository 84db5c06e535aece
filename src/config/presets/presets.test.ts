import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { isSettings, type Settings } from "../../parts/index.ts";
import { resolveConfig } from "../resolve-config.ts";
import { findPreset, presets } from "./index.ts";
import { OFF, quotedPreset } from "./quoted.ts";

/** The reward list by the kinds of its entries. */
const byKind = (list: readonly Settings[]): Settings =>
  Object.fromEntries(list.map(({ kind, ...options }) => [String(kind), options]));

const leaves = (tree: Settings, prefix = ""): [string, unknown][] =>
  Object.entries(tree).flatMap(([key, value]): [string, unknown][] => {
    if (prefix === "" && key === "reward") return leaves(byKind(value as Settings[]), "reward.");
    return isSettings(value) ? leaves(value, `${prefix}${key}.`) : [[prefix + key, value]];
  });
const settingsOf = (name: string) => findPreset(name).settings as Settings;
const named = presets.map((preset) => [preset.name, preset] as const);

describe("every preset", () => {
  test.each(named)("%s resolves, and names a source for each setting", (_, preset) => {
    const keys = leaves(preset.settings as Settings).map(([key]) => key);
    expect(Object.keys(preset.sources)).toEqual(expect.arrayContaining(keys));
    for (const source of Object.values(preset.sources)) expect(source.length).toBeGreaterThan(4);
    expect(() => resolveConfig({ preset: preset.settings as Settings })).not.toThrow();
  });

  test.each(named)("%s equals the resolved configuration", (_, preset) => {
    const resolved = resolveConfig({ preset: preset.settings as Settings });
    expect(resolved).toMatchObject(preset.settings);
  });

  test("has a unique name and is found by it; a misspelt name gives the nearest one", () => {
    expect(new Set(presets.map(({ name }) => name)).size).toBe(presets.length);
    for (const [name, preset] of named) expect(findPreset(name)).toBe(preset);
    expect(() => findPreset("gropo-dyco-rl")).toThrow("did you mean grpo-dyco-rl?");
  });

  test("has its line in docs/presets.md, and no line is without a preset", () => {
    const page = readFileSync(new URL("../../../docs/presets.md", import.meta.url), "utf8");
    const lines = [...page.matchAll(/^\| `([\w-]+)` \| (.+) \|$/gm)].map(([, name, text]) => [name, text]);
    expect(lines).toEqual(presets.map(({ name, summary }) => [name, summary]));
  });
});

describe("presets of papers", () => {
  const pairs: [string, string][] = [
    ...["grpo", "dapo", "gspo", "sapo"].flatMap((objective): [string, string][] => [
      [objective, "dyco-rl"],
      [objective, "at-rl"],
    ]),
    ...["grpo", "dapo"].flatMap((objective): [string, string][] => [
      [objective, "vicra"],
      [objective, "papo"],
    ]),
    ["dapo", "vppo"],
    ["grpo", "vppo"],
    ["grpo", "entropy-advantage"],
    ["grpo", "kl-prcp"],
  ];

  test("T-GRPO is GRPO with the temporal reward, alone and with all that AT-RL's GRPO has", () => {
    const [alone, withAtRl, atRl] = ["t-grpo", "t-grpo-at-rl", "grpo-at-rl"].map((name) =>
      resolveConfig({ preset: settingsOf(name) }),
    );
    expect(alone).toMatchObject({ algorithm: { kind: "grpo" }, credit: { kind: "uniform" } });
    const temporal = { weight: 0.3, factor: 1, shuffledGroupSize: 4 };
    expect(alone?.reward).toContainEqual({ kind: "temporal", ...temporal });
    expect(withAtRl).toEqual({ ...atRl, reward: [...atRl!.reward, { kind: "temporal", ...temporal }] });
  });

  test.each(pairs)("%s with %s, as a paper reports it", (objective, credit) => {
    const found = presets.filter(({ name }) => name.startsWith(`${objective}-${credit}`));
    expect(found.length).toBeGreaterThan(0);
    for (const { settings } of found) {
      const config = resolveConfig({ preset: settings as Settings });
      expect([config.algorithm.kind, config.credit.kind]).toEqual([objective, credit]);
    }
  });

  test("on VICRA's other data set and model differ from its own in the number of iterations alone", () => {
    const config = (name: string) => resolveConfig({ preset: settingsOf(name) });
    const own = config("grpo-vicra");
    for (const [name, iterations] of [
      ["grpo-vicra-mmk12", 144],
      ["grpo-vicra-llama", 75],
    ] as const) {
      expect(config(name)).toEqual({ ...own, train: { ...own.train, iterations } });
    }
  });

  test("of Table 1's baselines have the hyper-parameters of AT-RL's GRPO", () => {
    const config = (name: string) => resolveConfig({ preset: settingsOf(name) });
    const { algorithm, sampling, train, reward } = config("grpo-at-rl");
    for (const name of ["step-grpo", "grpo-80-20", "grpo-vppo"]) {
      expect(config(name)).toMatchObject({ algorithm, sampling, train });
      if (name !== "step-grpo") expect(config(name).reward).toEqual(reward);
    }
    expect(config("step-grpo").reward).toMatchObject([
      { kind: "accuracy", weight: 1, values: [0, 1] },
      { kind: "key-steps", weight: 0.1 },
      { kind: "validity", weight: 1 },
    ]);
    expect(config("grpo-80-20").credit).toEqual({ kind: "high-entropy-tokens", share: 0.2, scope: "batch" });
  });

  test("set the length of a run once, and a file or a flag overrides it either way", () => {
    const preset = settingsOf("grpo-at-rl");
    expect(resolveConfig({ preset }).train).toMatchObject({ epochs: 1 });
    const { train } = resolveConfig({ preset, flags: ["train.iterations=3"] });
    expect([train.iterations, train.epochs]).toEqual([3, undefined]);
    const vicra = settingsOf("grpo-vicra");
    const epochs = resolveConfig({ preset: vicra, file: { train: { epochs: 2 } } }).train;
    expect([epochs.iterations, epochs.epochs]).toEqual([undefined, 2]);
    expect(() => resolveConfig({ file: { train: { epochs: 2, iterations: 3 } } })).toThrow("got both");
  });

  test("of one paper differ in the objective and what belongs to it alone", () => {
    const credits = (name: string) => resolveConfig({ preset: settingsOf(name) }).credit;
    for (const credit of ["dyco-rl", "at-rl"]) {
      for (const objective of ["dapo", "gspo", "sapo"]) {
        expect(credits(`${objective}-${credit}`)).toEqual(credits(`grpo-${credit}`));
      }
    }
    expect(credits("dapo-vicra")).toEqual(credits("grpo-vicra"));
  });

  test("for the two sizes of PAPO differ in the entropy penalty alone", () => {
    const [small, large] = ["grpo-papo-3b", "grpo-papo-7b"].map((name) => leaves(settingsOf(name)));
    const differing = small!.filter(([key, value]) => !large!.some(([k, v]) => k === key && v === value));
    expect(differing).toEqual([["credit.entropyPenalty", 0]]);
    expect(small).toHaveLength(large!.length);
  });

  test("are built of lines: every value has a source", () => {
    const preset = quotedPreset("short", "three rounds", {
      "train.iterations": [3, "enough to see"],
      "train.groupSize": [4, "the paper"],
      "train.dynamicSampling": [OFF, "the paper has none"],
    });
    expect(preset).toEqual({
      name: "short",
      summary: "three rounds",
      settings: { train: { iterations: 3, groupSize: 4 } },
      sources: {
        "train.iterations": "enough to see",
        "train.groupSize": "the paper",
        "train.dynamicSampling": "the paper has none",
      },
    });
  });
});
