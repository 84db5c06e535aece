import { describe, expect, test } from "vitest";
import { ModelError } from "../../../errors/index.ts";
import { parseConfig as parseAny } from "../index.ts";
import { MODEL_TYPE } from "./config.ts";
import { configJson, parseConfig } from "./config-json.ts";
import { canvases } from "./tile-canvas.ts";

/** As published with Llama-3.2-11B-Vision-Instruct, without what says nothing of sizes. */
const PUBLISHED = {
  architectures: ["MllamaForConditionalGeneration"],
  image_token_index: 128256,
  model_type: "mllama",
  text_config: {
    cross_attention_layers: [3, 8, 13, 18, 23, 28, 33, 38],
    dropout: 0,
    eos_token_id: [128001, 128008, 128009],
    hidden_act: "silu",
    hidden_size: 4096,
    intermediate_size: 14336,
    max_position_embeddings: 131072,
    model_type: "mllama_text_model",
    num_attention_heads: 32,
    num_hidden_layers: 40,
    num_key_value_heads: 8,
    rms_norm_eps: 1e-5,
    rope_scaling: {
      factor: 8,
      high_freq_factor: 4,
      low_freq_factor: 1,
      original_max_position_embeddings: 8192,
      rope_type: "llama3",
    },
    rope_theta: 500000,
    tie_word_embeddings: false,
    vocab_size: 128256,
  },
  vision_config: {
    attention_heads: 16,
    hidden_act: "gelu",
    hidden_size: 1280,
    image_size: 560,
    intermediate_layers_indices: [3, 7, 15, 23, 30],
    intermediate_size: 5120,
    max_num_tiles: 4,
    model_type: "mllama_vision_model",
    norm_eps: 1e-5,
    num_channels: 3,
    num_global_layers: 8,
    num_hidden_layers: 32,
    patch_size: 14,
    supported_aspect_ratios: canvases(4),
    vision_output_dim: 7680,
  },
} as const;

const SIZES = {
  modelType: MODEL_TYPE,
  text: {
    vocabSize: 128256,
    promptOnlyTokens: 8,
    hiddenSize: 4096,
    layers: 40,
    crossAttentionLayers: [3, 8, 13, 18, 23, 28, 33, 38],
    heads: 32,
    kvHeads: 8,
    headDim: 128,
    intermediateSize: 14336,
    rmsNormEpsilon: 1e-5,
    ropeTheta: 500_000,
    ropeScaling: { factor: 8, lowFrequencyFactor: 1, highFrequencyFactor: 4, originalContext: 8192 },
    tieWordEmbeddings: false,
  },
  vision: {
    depth: 32,
    globalDepth: 8,
    hiddenSize: 1280,
    heads: 16,
    intermediateSize: 5120,
    inChannels: 3,
    imageSize: 560,
    patchSize: 14,
    layerNormEpsilon: 1e-5,
    maxTiles: 4,
    featureBlocks: [3, 7, 15, 23, 30],
  },
  imageTokenId: 128256,
} as const;

describe("parseConfig", () => {
  test("reads a published file", () => {
    expect(parseConfig(PUBLISHED)).toEqual(SIZES);
    expect(parseAny(PUBLISHED)).toEqual(SIZES);
  });

  test("absent fields have transformers' defaults", () => {
    const config = parseConfig({ model_type: "mllama", text_config: {}, vision_config: {} });
    const { ropeScaling: _, ...text } = SIZES.text;
    expect(config).toEqual({ ...SIZES, text, vision: { ...SIZES.vision, imageSize: 448 } });
  });

  test("reads back what configJson writes", () => {
    expect(parseConfig(JSON.parse(JSON.stringify(configJson(SIZES))))).toEqual(SIZES);
  });

  const text = (change: object) => ({ text_config: { ...PUBLISHED.text_config, ...change } });
  const vision = (change: object) => ({ vision_config: { ...PUBLISHED.vision_config, ...change } });
  test.each<[field: string, change: Record<string, unknown>]>([
    ["model_type", { model_type: "llama" }],
    ["quantization_config", { quantization_config: { bits: 4 } }],
    ["text_config", { text_config: undefined }],
    ["vision_config", { vision_config: undefined }],
    ["image_token_index", { image_token_index: 128264 }],
    ["text_config: model_type", text({ model_type: "llama" })],
    ["text_config: hidden_act", text({ hidden_act: "gelu" })],
    ["text_config: dropout", text({ dropout: 0.1 })],
    ["text_config: tie_word_embeddings", text({ tie_word_embeddings: true })],
    ["text_config: hidden_size", text({ num_attention_heads: 7 })],
    ["text_config: head_dim", text({ head_dim: 64 })],
    ["text_config: num_key_value_heads", text({ num_key_value_heads: 3 })],
    ["text_config: cross_attention_layers", text({ cross_attention_layers: [3, 40] })],
    ["text_config: cross_attention_layers", text({ cross_attention_layers: [8, 3] })],
    ["text_config: cross_attention_layers", text({ cross_attention_layers: [] })],
    ["text_config: cross_attention_layers", text({ num_hidden_layers: 2, cross_attention_layers: [0, 1] })],
    ["text_config: rope_scaling: rope_type", text({ rope_scaling: { rope_type: "yarn", factor: 8 } })],
    ["vision_config: model_type", vision({ model_type: "siglip" })],
    ["vision_config: hidden_act", vision({ hidden_act: "quick_gelu" })],
    ["vision_config: hidden_size", vision({ attention_heads: 7 })],
    ["vision_config: num_channels", vision({ num_channels: 1 })],
    ["vision_config: image_size", vision({ image_size: 561 })],
    ["vision_config: intermediate_layers_indices", vision({ intermediate_layers_indices: [32] })],
    ["vision_config: vision_output_dim", vision({ vision_output_dim: 1280 })],
    ["vision_config: supported_aspect_ratios", vision({ supported_aspect_ratios: [[1, 1]] })],
    [
      "vision_config: supported_aspect_ratios",
      vision({ supported_aspect_ratios: undefined, max_num_tiles: 3 }),
    ],
  ])("names %s when it is wrong: %j", (field, change) => {
    const parse = () => parseConfig({ ...PUBLISHED, ...change }, "model/config.json");
    expect(parse).toThrow(ModelError);
    expect(parse).toThrow(`model/config.json: ${field}: expected`);
  });
});
