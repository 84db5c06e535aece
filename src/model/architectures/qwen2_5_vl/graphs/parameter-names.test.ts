import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { ModelError } from "../../../../errors/index.ts";
import { checkParameters } from "../../../parameters.ts";
import { parseConfig } from "../config-json.ts";
import { qwen25VlGraphs } from "./index.ts";

const parameterNames = (config: ReturnType<typeof parseConfig>) => qwen25VlGraphs(config).names;

interface Names {
  readonly json: unknown;
  /** Shapes as saved. */
  readonly saved: Record<string, number[]>;
  /** Names within the running module. */
  readonly memory: string[];
}

const fixture = new URL("../../../../../fixtures/model-files/names.json", import.meta.url);
const models: Record<"tied" | "untied", Names> = JSON.parse(readFileSync(fixture, "utf8"));
const { tied, untied } = models;

describe("shapes", () => {
  test.each([tied, untied])("lists exactly what transformers saves", ({ json, saved }) => {
    expect(Object.fromEntries(parameterNames(parseConfig(json)).shapes)).toEqual(saved);
  });
});

describe("canonical", () => {
  const names = parameterNames(parseConfig(tied.json));
  const canonicalName = (name: string) => names.canonical(name);

  test.each([tied, untied])(
    "maps the names of the running module to the saved names",
    ({ memory, saved }) => {
      expect(memory.map(canonicalName).sort()).toEqual(Object.keys(saved).sort());
    },
  );

  test.each([
    ["model.layers.0.mlp.up_proj.weight", "model.layers.0.mlp.up_proj.weight"],
    ["model.language_model.layers.0.mlp.up_proj.weight", "model.layers.0.mlp.up_proj.weight"],
    ["language_model.model.norm.weight", "model.norm.weight"],
    ["language_model.lm_head.weight", "lm_head.weight"],
    ["model.visual.merger.ln_q.weight", "visual.merger.ln_q.weight"],
    ["lm_head.weight", "lm_head.weight"],
    ["something.else", "something.else"],
  ])("%s is %s", (name, canonical) => {
    expect(canonicalName(name)).toBe(canonical);
  });
});

describe("checkParameters", () => {
  const names = parameterNames(parseConfig(tied.json));

  test("accepts the model's own tensors, in any order", () => {
    const found = new Map(Object.entries(tied.saved).reverse());
    expect(() => checkParameters(names, found, "here")).not.toThrow();
  });

  test("overlooks a tied model's copy of the head and stored rotary frequencies", () => {
    const found = new Map([
      ...Object.entries(tied.saved),
      ["lm_head.weight", [64, 32]] as const,
      ["visual.rotary_pos_emb.inv_freq", [2]] as const,
    ]);
    expect(() => checkParameters(names, found, "here")).not.toThrow();
  });

  test("names what is missing, what is extra and what has another shape", () => {
    const found = new Map(Object.entries(tied.saved));
    found.delete("model.norm.weight");
    found.set("model.layers.2.input_layernorm.weight", [32]);
    found.set("visual.merger.ln_q.weight", [17]);
    const check = () => checkParameters(names, found, "here");
    expect(check).toThrow(ModelError);
    expect(check).toThrow("here: missing tensors: model.norm.weight; ");
    expect(check).toThrow("tensors that the config does not have: model.layers.2.input_layernorm.weight; ");
    expect(check).toThrow("visual.merger.ln_q.weight expected [16], got [17]");
  });

  test("counts the names it does not list", () => {
    const total = names.shapes.size;
    expect(() => checkParameters(names, new Map(), "here")).toThrow(`and ${total - 40} more`);
  });

  test("an untied model needs its head", () => {
    const check = () =>
      checkParameters(parameterNames(parseConfig(untied.json)), new Map(Object.entries(tied.saved)), "here");
    expect(check).toThrow("missing tensors: lm_head.weight");
  });
});
