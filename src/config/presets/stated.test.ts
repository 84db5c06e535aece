import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { isSettings, type Settings } from "../../parts/index.ts";
import { resolveConfig } from "../resolve-config.ts";
import { configSchema } from "../schema.ts";
import { keysAt } from "../schema-keys.ts";
import { presets } from "./index.ts";
import type { Preset } from "./preset.ts";

const SECTIONS = ["algorithm", "credit", "reward", "sampling", "train"];
const resolved = (preset: Preset): Settings => resolveConfig({ preset: preset.settings as Settings });
const named = presets.map((preset) => [preset.name, preset] as const);

/** Every dotted key that applies to a part of a configuration: the schema's, of the kinds that were chosen. */
function applying(path: readonly string[], value: unknown, prefix: string): string[] {
  const kind = isSettings(value) ? value["kind"] : undefined;
  const keys = keysAt(configSchema, path).filter((key) => key.kind === undefined || key.kind === kind);
  return [...new Set(keys.map(({ name }) => name))].flatMap((name) => {
    const inner = isSettings(value) ? value[name] : undefined;
    const key = `${prefix}.${name}`;
    return isSettings(inner) ? applying([...path, name], inner, key) : [key];
  });
}

/** The keys that apply to a preset; what a reward is called in the metrics changes nothing. */
function keysOf(preset: Preset): string[] {
  const config = resolved(preset);
  return SECTIONS.flatMap((section) => {
    const value = config[section];
    if (!Array.isArray(value)) return applying([section], value, section);
    return value.flatMap((entry: Settings) =>
      applying([section], entry, `${section}.${String(entry["kind"])}`).filter(
        (key) => !key.endsWith(".kind") && !key.endsWith(".name"),
      ),
    );
  });
}

/** The value at a dotted key; entries of the reward list go by their kind. */
function valueAt(config: Settings, key: string): unknown {
  let value: unknown = config;
  for (const step of key.split(".")) {
    if (Array.isArray(value)) value = value.find((entry: Settings) => entry["kind"] === step);
    else value = isSettings(value) ? value[step] : undefined;
  }
  return value;
}

describe("every preset", () => {
  test.each(named)("%s states all of algorithm, credit, reward, sampling and train", (_, preset) => {
    const unstated = keysOf(preset).filter((key) => !(key in preset.sources));
    expect(unstated).toEqual([]);
  });

  test.each(named)("%s leaves nothing out but options that apply and are off", (_, preset) => {
    const config = resolved(preset);
    const known = new Set(keysOf(preset));
    for (const key of Object.keys(preset.sources)) {
      if (valueAt(config, key) !== undefined) continue;
      expect(known.has(key), `${key} is stated, not set, and no option of what was chosen`).toBe(true);
    }
  });

  test("would be found out if it left a value to the schema's default", () => {
    const [preset] = presets;
    for (const key of [
      "train.beta2",
      "algorithm.dualClip",
      "reward.format.form",
      "sampling.topK",
      "credit.alpha",
    ]) {
      expect(keysOf(preset!)).toContain(key);
    }
  });
});

interface PaperValue {
  readonly paper: string;
  readonly where: string;
  readonly quote: string;
  readonly key: string;
  readonly value: unknown;
  readonly presets: readonly string[];
  /** Presets that have another value on purpose, and why. */
  readonly departs?: Readonly<Record<string, string>>;
}
const path = new URL("../../../fixtures/presets/paper-values.json", import.meta.url);
const table: { papers: Record<string, string>; values: PaperValue[] } = JSON.parse(
  readFileSync(path, "utf8"),
);

describe("what papers print", () => {
  const rows = table.values.flatMap((row) => row.presets.map((name) => ({ ...row, name })));

  test.each(rows)("$name: $key is $value ($paper, $where)", ({ name, key, value, departs }) => {
    const preset = presets.find((one) => one.name === name);
    expect(preset, `no preset ${name}`).toBeDefined();
    const found = valueAt(resolved(preset!), key);
    const reason = departs?.[name];
    if (reason === undefined) expect(found).toEqual(value);
    else {
      expect(found).not.toEqual(value);
      expect(reason.length).toBeGreaterThan(10);
    }
    // The paper's value is beside the paper's words, and is never called ours.
    expect(preset!.sources[key]).toBeDefined();
    if (reason === undefined) expect(preset!.sources[key]).not.toMatch(/^ours/);
  });

  test("names its papers, and holds every preset of one", () => {
    for (const { paper, quote } of table.values) {
      expect(table.papers[paper]).toBeDefined();
      expect(quote).not.toBe("");
    }
    const held = new Set(rows.map(({ name }) => name));
    const own = ["digits", "digits-quick"];
    expect([...held, ...own].sort()).toEqual(presets.map(({ name }) => name).sort());
  });
});
