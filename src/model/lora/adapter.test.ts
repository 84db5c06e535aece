import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ModelError } from "../../errors/index.ts";
import { parseFixtureConfig } from "../../testing/fixture-architecture.ts";
import {
  ADAPTERS,
  type AdapterName,
  adapterDirectory,
  recordedAdapter,
} from "../../testing/lora-fixtures.ts";
import { checkpointDirectory, digest, digestError } from "../../testing/model-fixtures.ts";
import { graphsOf } from "../architectures/graphs.ts";
import { readConfig } from "../directory.ts";
import { readJson } from "../read-json.ts";
import { openSafetensors, readTensor } from "../safetensors.ts";
import { readWeights } from "../weights.ts";
import { type WeightTensor, writeSafetensors } from "../write-safetensors.ts";
import { isAdapterDirectory, mergedWeights, readAdapter, writeAdapter } from "./adapter.ts";
import { loraScale, loraShape } from "./lora-shape.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "fovea-adapter-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function baseOf(name: AdapterName) {
  const directory = checkpointDirectory(recordedAdapter(name).checkpoint);
  return { directory, names: graphsOf(readConfig(directory)).names };
}

describe.each(ADAPTERS)("PEFT's adapter %s", (name) => {
  const { directory, names } = baseOf(name);
  const adapter = readAdapter(adapterDirectory(name), names);
  const file = openSafetensors(join(adapterDirectory(name), "adapter_model.safetensors"));

  test("is read whole", () => {
    expect(adapter.tensors.size).toBe(file.tensors.size);
    expect(isAdapterDirectory(adapterDirectory(name))).toBe(true);
    expect(isAdapterDirectory(directory)).toBe(false);
  });

  test("merges to PEFT's weights, and leaves the others alone", () => {
    const weights = readWeights(directory, names);
    const { merged } = recordedAdapter(name);
    const modules = new Map(
      Object.keys(merged).map((module) => [names.canonical(`${module}.weight`), module]),
    );
    expect([...adapter.shape.targets.keys()].sort()).toEqual([...modules.keys()].sort());
    for (const [weight, tensor] of mergedWeights(weights, names, adapter)) {
      const module = modules.get(weight);
      if (module === undefined) expect(tensor.data).toEqual(weights.read(weight));
      else expect(digestError(digest(tensor.data), merged[module]!), weight).toBeLessThan(1e-6);
    }
  });

  test("is written under PEFT's names, and reads back the same", () => {
    writeAdapter(folder, adapter, names, "org/base");
    const written = openSafetensors(join(folder, "adapter_model.safetensors"));
    expect([...written.tensors.keys()].sort()).toEqual([...file.tensors.keys()].sort());
    for (const tensor of file.tensors.keys())
      expect(readTensor(written, tensor)).toEqual(readTensor(file, tensor));
    const again = readAdapter(folder, names);
    for (const [weight, target] of adapter.shape.targets) {
      const scale = loraScale(again.shape.targets.get(weight)!, again.shape);
      expect(scale).toBeCloseTo(loraScale(target, adapter.shape), 12);
    }
    const json = readJson(join(folder, "adapter_config.json")) as { base_model_name_or_path: string };
    expect(json.base_model_name_or_path).toBe("org/base");
  });
});

test("ranks and factors follow PEFT's patterns", () => {
  const { shape } = readAdapter(adapterDirectory("vision"), baseOf("vision").names);
  const scale = (weight: string) => loraScale(shape.targets.get(weight)!, shape);
  expect(shape.rankStabilized).toBe(true);
  expect(scale("model.layers.0.self_attn.q_proj.weight")).toBeCloseTo(5 / Math.sqrt(2), 12);
  expect(scale("model.layers.0.self_attn.v_proj.weight")).toBeCloseTo(5 / Math.sqrt(3), 12);
  expect(scale("visual.blocks.0.attn.qkv.weight")).toBeCloseTo(1 / Math.sqrt(3), 12);
  expect(scale("visual.blocks.1.attn.qkv.weight")).toBeCloseTo(5 / Math.sqrt(3), 12);
});

test("an adapter of an older transformers, which names modules otherwise, is the same adapter", () => {
  const { names } = baseOf("decoder");
  const file = openSafetensors(join(adapterDirectory("decoder"), "adapter_model.safetensors"));
  const older = [...file.tensors].map(([name, { shape }]): [string, WeightTensor] => [
    name.replace("model.language_model.", "model."),
    { shape, data: readTensor(file, name) },
  ]);
  cpSync(adapterDirectory("decoder"), folder, { recursive: true });
  writeSafetensors(join(folder, "adapter_model.safetensors"), new Map(older));
  expect(readAdapter(folder, names).shape.targets).toEqual(
    readAdapter(adapterDirectory("decoder"), names).shape.targets,
  );
});

describe("readAdapter refuses", () => {
  const { names } = baseOf("decoder");
  const path = () => join(folder, "adapter_config.json");
  beforeEach(() => cpSync(adapterDirectory("decoder"), folder, { recursive: true }));

  test.each<[field: string, value: unknown, message: RegExp]>([
    ["peft_type", "IA3", /peft_type: expected "LORA", got "IA3"/],
    ["use_dora", true, /use_dora: expected false \(not supported\), got true/],
    ["bias", "all", /bias: expected "none"/],
    ["modules_to_save", ["lm_head"], /modules_to_save: expected \[\]/],
    ["init_lora_weights", "pissa", /init_lora_weights: expected true or false/],
    ["lora_alpha", -1, /lora_alpha: expected a number > 0/],
    ["alpha_pattern", { "(": 3 }, /alpha_pattern: "\(" is no pattern/],
    ["alpha_pattern", { q_proj: "x" }, /alpha_pattern: q_proj: expected a number > 0/],
  ])("%s %j", (field, value, message) => {
    const json = JSON.parse(readFileSync(path(), "utf8"));
    writeFileSync(path(), JSON.stringify({ ...json, [field]: value }));
    expect(() => readAdapter(folder, names)).toThrow(ModelError);
    expect(() => readAdapter(folder, names)).toThrow(message);
  });

  test.each<
    [why: string, change: (tensors: Map<string, WeightTensor>, first: string) => void, message: RegExp]
  >([
    [
      "a factor without the other",
      (tensors, first) => tensors.delete(first),
      /expected \[[1-9]\d*, [1-9]\d*\], got no such tensor/,
    ],
    [
      "a factor of another shape",
      (tensors, first) => tensors.set(first, { shape: [4, 3], data: new Float32Array(12) }),
      /expected \[4, \d+\], got \[4, 3\]/,
    ],
    [
      "a module that the model lacks",
      (tensors) =>
        tensors.set("base_model.model.model.language_model.layers.9.mlp.up_proj.lora_A.weight", {
          shape: [1],
          data: new Float32Array(1),
        }),
      /is no adapter of a matrix of the model/,
    ],
    [
      "a head",
      (tensors) =>
        tensors.set("base_model.model.lm_head.lora_A.weight", { shape: [1], data: new Float32Array(1) }),
      /expected an adapter of the decoder's matrices .*, got one of lm_head \(not supported\)/,
    ],
    ["nothing", (tensors) => tensors.clear(), /expected adapters, found none/],
  ])("%s", (_, change, message) => {
    const file = openSafetensors(join(folder, "adapter_model.safetensors"));
    const tensors = new Map(
      [...file.tensors].map(([name, { shape }]) => [name, { shape, data: readTensor(file, name) }]),
    );
    change(tensors, [...tensors.keys()][0]!);
    writeSafetensors(join(folder, "adapter_model.safetensors"), tensors);
    expect(() => readAdapter(folder, names)).toThrow(ModelError);
    expect(() => readAdapter(folder, names)).toThrow(message);
  });
});

describe("loraShape", () => {
  const { directory, names } = baseOf("vision");
  const sizes = parseFixtureConfig(readJson(join(directory, "config.json")));
  const { layers } = sizes.text;
  const { depth } = sizes.vision;

  test("adapts the decoder's seven matrices by default, with TRL's rank and alpha", () => {
    const { targets } = loraShape(names, {});
    expect(targets.size).toBe(7 * layers);
    expect(targets.get("model.layers.0.mlp.down_proj.weight")).toEqual({ rank: 16, alpha: 32 });
  });

  test("adapts what is named, and the vision tower where asked", () => {
    const { targets } = loraShape(names, { modules: ["q_proj"], vision: true, rank: 2, alpha: 1 });
    expect(targets.size).toBe(layers + 5 * depth);
    expect(targets.get("visual.blocks.1.attn.proj.weight")).toEqual({ rank: 2, alpha: 1 });
  });

  test.each([
    [{ rank: 0 }, "lora.rank: expected a positive integer, got 0"],
    [{ alpha: Number.NaN }, "lora.alpha: expected a positive number, got NaN"],
    [{ modules: [] }, "lora.modules: expected at least one, got none"],
  ])("refuses %o", (options, message) => {
    expect(() => loraShape(names, options)).toThrow(message);
  });
});
