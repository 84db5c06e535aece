import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { ModelError } from "../../../errors/index.ts";
import { MODEL_TYPE, type Qwen25Config } from "./config.ts";
import { configJson, parseConfig } from "./config-json.ts";

interface Variant {
  readonly name: string;
  readonly json: Record<string, unknown>;
  readonly config: Omit<Qwen25Config, "modelType">;
}

const fixture = new URL("../../../../fixtures/model-files/configs.json", import.meta.url);
const variants: readonly Variant[] = JSON.parse(readFileSync(fixture, "utf8"));

describe("parseConfig", () => {
  test.each(variants)("reads the layout '$name' as transformers does", ({ json, config }) => {
    expect(parseConfig(json)).toEqual({ modelType: MODEL_TYPE, ...config });
  });

  test.each(variants)("reads back what configJson writes of '$name'", ({ config }) => {
    const whole = { modelType: MODEL_TYPE, ...config } as const;
    const written: unknown = JSON.parse(JSON.stringify(configJson(whole)));
    expect(parseConfig(written)).toEqual(whole);
  });

  test("without key-value heads, every head has its own", () => {
    const config = parseConfig(flatWith({ num_key_value_heads: null }));
    expect(config.text.kvHeads).toBe(config.text.heads);
  });

  test("accepts sliding windows that no layer uses", () => {
    const json = flatWith({ use_sliding_window: true, sliding_window: 64, max_window_layers: 2 });
    expect(parseConfig(json).text.layers).toBe(2);
    const none = flatWith({ use_sliding_window: true, sliding_window: null, max_window_layers: 1 });
    expect(parseConfig(none).text.layers).toBe(2);
  });

  test.each<[field: string, change: Record<string, unknown>]>([
    ["model_type", { model_type: "idefics2" }],
    ["model_type", { model_type: undefined }],
    ["quantization_config", { quantization_config: { bits: 4 } }],
    ["hidden_size", { hidden_size: undefined }],
    ["hidden_size", { hidden_size: 30 }],
    ["hidden_size", { hidden_size: "32" }],
    ["num_hidden_layers", { num_hidden_layers: 0 }],
    ["num_key_value_heads", { num_key_value_heads: undefined }],
    ["num_key_value_heads", { num_key_value_heads: 3 }],
    ["head_dim", { head_dim: 16 }],
    ["hidden_act", { hidden_act: "gelu" }],
    ["vocab_size", { vocab_size: 3.5 }],
    ["image_token_id", { image_token_id: 64 }],
    ["use_sliding_window", { use_sliding_window: true, sliding_window: 64, max_window_layers: 1 }],
    ["use_sliding_window", { use_sliding_window: true, sliding_window: undefined, max_window_layers: 1 }],
    ["layer_types", { layer_types: ["full_attention", "sliding_attention"] }],
    ["mrope_section", { rope_scaling: undefined }],
    ["mrope_section", { rope_scaling: { type: "mrope", mrope_section: [2, 2, 1] } }],
    ["mrope_section", { rope_scaling: { type: "mrope", mrope_section: [2, 2] } }],
    ["rope_type", { rope_scaling: { rope_type: "yarn", mrope_section: [2, 1, 1] } }],
    ["rms_norm_eps", { rms_norm_eps: 0 }],
    ["vision_config: hidden_size", { vision_config: undefined }],
    ["vision_config", { vision_config: [] }],
  ])("names %s when it is wrong: %j", (field, change) => {
    const parse = () => parseConfig(flatWith(change), "some/config.json");
    expect(parse).toThrow(ModelError);
    expect(parse).toThrow(new RegExp(`^some/config\\.json: .*${field}`));
  });

  test.each<[field: string, change: Record<string, unknown>]>([
    ["hidden_act", { hidden_act: "quick_gelu" }],
    ["hidden_size", { num_heads: 3 }],
    ["hidden_size", { num_heads: 8 }],
    ["out_hidden_size", { out_hidden_size: 48 }],
    ["window_size", { window_size: 7 }],
    ["in_channels", { in_channels: 1 }],
    ["in_chans", { in_channels: undefined, in_chans: 4 }],
    ["patch_size", { patch_size: [14, 16] }],
    ["rope_theta", { rope_parameters: { rope_theta: 500 } }],
    ["fullatt_block_indexes", { fullatt_block_indexes: [-1] }],
  ])("names the vision tower's %s when it is wrong: %j", (field, change) => {
    const vision = flat().json["vision_config"] as Record<string, unknown>;
    const parse = () => parseConfig(flatWith({ vision_config: { ...vision, ...change } }));
    expect(parse).toThrow(new RegExp(`vision_config.*${field}`));
  });

  test("says what it got", () => {
    expect(() => parseConfig(flatWith({ model_type: "llava" }))).toThrow(
      'config.json: model_type: expected "qwen2_5_vl", got "llava"',
    );
    expect(() => parseConfig(null)).toThrow("config.json: expected a JSON object, got null");
  });
});

function flat(): Variant {
  const variant = variants.find(({ name }) => name === "flat");
  if (variant === undefined) throw new Error("fixture without the flat layout");
  return variant;
}

function flatWith(change: Record<string, unknown>): Record<string, unknown> {
  return { ...flat().json, ...change };
}
