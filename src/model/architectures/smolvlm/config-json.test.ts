import { describe, expect, test } from "vitest";
import { ModelError } from "../../../errors/index.ts";
import { parseConfig as parseAny } from "../index.ts";
import { IDEFICS_MODEL_TYPE, MODEL_TYPE, type SmolConfig } from "./config.ts";
import { configJson, parseConfig } from "./config-json.ts";

/** As published with SmolVLM2-256M-Video-Instruct, without what says nothing of sizes. */
const PUBLISHED = {
  architectures: ["SmolVLMForConditionalGeneration"],
  image_token_id: 49190,
  model_type: "smolvlm",
  pad_token_id: 128002,
  scale_factor: 4,
  text_config: {
    _flash_attn_2_enabled: true,
    architectures: ["VLlama3ForCausalLM"],
    head_dim: 64,
    hidden_size: 576,
    intermediate_size: 1536,
    is_llama_config: true,
    max_position_embeddings: 8192,
    model_type: "llama",
    neftune_noise_alpha: 0.0,
    num_attention_heads: 9,
    num_hidden_layers: 30,
    num_key_value_heads: 3,
    pad_token_id: 2,
    perceiver_config: { model_type: "vllama3", qk_layer_norms_perceiver: false },
    pixel_shuffle_factor: 4,
    qk_layer_norms: false,
    rms_norm_eps: 1e-5,
    rope_interleaved: false,
    rope_scaling: null,
    rope_theta: 100000,
    use_resampler: false,
    vocab_size: 49280,
  },
  tie_word_embeddings: false,
  torch_dtype: "float32",
  transformers_version: "4.47.1",
  use_cache: false,
  vision_config: {
    hidden_size: 768,
    image_size: 512,
    max_image_size: { longest_edge: 512 },
    model_type: "smolvlm_vision",
    num_attention_heads: 12,
    patch_size: 16,
    size: { longest_edge: 2048 },
    tie_word_embeddings: false,
    use_base_siglip: false,
  },
  vocab_size: 49280,
} as const;

const SIZES = {
  modelType: MODEL_TYPE,
  text: {
    vocabSize: 49280,
    hiddenSize: 576,
    layers: 30,
    heads: 9,
    kvHeads: 3,
    headDim: 64,
    intermediateSize: 1536,
    rmsNormEpsilon: 1e-5,
    ropeTheta: 100_000,
    tieWordEmbeddings: false,
  },
  vision: {
    depth: 12,
    hiddenSize: 768,
    heads: 12,
    intermediateSize: 3072,
    inChannels: 3,
    imageSize: 512,
    patchSize: 16,
    layerNormEpsilon: 1e-6,
  },
  scaleFactor: 4,
  imageTokenId: 49190,
} as const;

describe("parseConfig", () => {
  test("reads a published file, whose absent fields have transformers' defaults", () => {
    expect(parseConfig(PUBLISHED)).toEqual(SIZES);
    expect(parseAny(PUBLISHED)).toEqual(SIZES);
  });

  test("reads Idefics3 and the first SmolVLM", () => {
    const json = { ...PUBLISHED, model_type: "idefics3" };
    expect(parseAny(json)).toEqual({ ...SIZES, modelType: IDEFICS_MODEL_TYPE });
  });

  test("reads the stretched rotary positions of Llama 3.1, which Idefics3 has", () => {
    const rope_scaling = {
      factor: 8,
      high_freq_factor: 4,
      low_freq_factor: 1,
      original_max_position_embeddings: 8192,
      rope_type: "llama3",
    };
    const config = parseConfig({
      ...PUBLISHED,
      model_type: "idefics3",
      text_config: { ...PUBLISHED.text_config, rope_scaling },
    });
    const ropeScaling = { factor: 8, lowFrequencyFactor: 1, highFrequencyFactor: 4, originalContext: 8192 };
    expect(config.text.ropeScaling).toEqual(ropeScaling);
    expect(parseConfig(JSON.parse(JSON.stringify(configJson(config))))).toEqual(config);
  });

  test.each<SmolConfig>([SIZES, { ...SIZES, modelType: IDEFICS_MODEL_TYPE }])(
    "reads back what configJson writes",
    (config) => {
      expect(parseConfig(JSON.parse(JSON.stringify(configJson(config))))).toEqual(config);
    },
  );

  test("reads a tied head where either of transformers 4 and 5 looks for it", () => {
    const inner = { ...PUBLISHED, text_config: { ...PUBLISHED.text_config, tie_word_embeddings: true } };
    for (const json of [inner, { ...PUBLISHED, tie_word_embeddings: true }])
      expect(parseConfig(json).text.tieWordEmbeddings).toBe(true);
  });

  test("reads rotary positions where transformers 5 writes them", () => {
    const { rope_theta: _, rope_scaling: __, ...text } = PUBLISHED.text_config;
    const rope_parameters = { rope_type: "default", rope_theta: 5000 };
    const config = parseConfig({ ...PUBLISHED, text_config: { ...text, rope_parameters } });
    expect(config.text.ropeTheta).toBe(5000);
  });

  const text = (change: object) => ({ text_config: { ...PUBLISHED.text_config, ...change } });
  const vision = (change: object) => ({ vision_config: { ...PUBLISHED.vision_config, ...change } });
  test.each<[field: string, change: Record<string, unknown>]>([
    ["model_type", { model_type: "llama" }],
    ["quantization_config", { quantization_config: { bits: 4 } }],
    ["text_config", { text_config: undefined }],
    ["vision_config", { vision_config: undefined }],
    ["text_config: model_type", text({ model_type: "mistral" })],
    ["text_config: hidden_act", text({ hidden_act: "gelu" })],
    ["text_config: attention_bias", text({ attention_bias: true })],
    ["text_config: mlp_bias", text({ mlp_bias: true })],
    ["text_config: qk_layer_norms", text({ qk_layer_norms: true })],
    ["text_config: sliding_window", text({ sliding_window: 1024 })],
    ["text_config: num_local_experts", text({ num_local_experts: 8 })],
    [
      "text_config: rope_scaling: low_freq_factor",
      text({ rope_scaling: { rope_type: "llama3", factor: 8 } }),
    ],
    ["text_config: rope_scaling: type", text({ rope_scaling: { type: "linear", factor: 8 } })],
    ["text_config: rope_parameters: rope_type", text({ rope_parameters: { rope_type: "yarn" } })],
    ["text_config: num_key_value_heads", text({ num_key_value_heads: 2 })],
    ["text_config: head_dim", text({ head_dim: 63 })],
    ["vision_config: hidden_act", vision({ hidden_act: "gelu" })],
    ["vision_config: hidden_size", vision({ num_attention_heads: 7 })],
    ["vision_config: num_channels", vision({ num_channels: 1 })],
    ["vision_config: image_size", vision({ image_size: 8 })],
    ["scale_factor", { scale_factor: 5 }],
    ["image_token_id", { image_token_id: 49280 }],
  ])("names %s when it is wrong: %j", (field, change) => {
    const parse = () => parseConfig({ ...PUBLISHED, ...change }, "model/config.json");
    expect(parse).toThrow(ModelError);
    expect(parse).toThrow(`model/config.json: ${field}: expected`);
  });

  test("names families that are not supported, and what they would need", () => {
    expect(() => parseAny({ model_type: "gemma3", vision_config: {} })).toThrow(
      '"gemma3" is not supported: it needs sliding-window attention in the decoder and its processor',
    );
    expect(() => parseAny({ model_type: "unheard_of" })).toThrow(
      /model_type: expected .*"smolvlm".*got "unheard_of"/,
    );
  });
});
