import { describe, expect, test } from "vitest";
import { ModelError } from "../../../errors/index.ts";
import { publishedDirectory } from "../../../testing/qwen-fixtures.ts";
import { readJson } from "../../read-json.ts";
import { parseConfig as parseAny } from "../index.ts";
import { MODEL_TYPE } from "./config.ts";
import { configJson, parseConfig } from "./config-json.ts";

type Json = Record<string, unknown>;

const PUBLISHED = readJson(`${publishedDirectory(MODEL_TYPE)}/config.json`) as Json;

/** Qwen3-VL-4B-Instruct. */
const SIZES = {
  modelType: MODEL_TYPE,
  text: {
    vocabSize: 151936,
    hiddenSize: 2560,
    layers: 36,
    heads: 32,
    kvHeads: 8,
    headDim: 128,
    intermediateSize: 9728,
    rmsNormEpsilon: 1e-6,
    ropeTheta: 5e6,
    mropeSection: [24, 20, 20],
    tieWordEmbeddings: true,
    deepstackLayers: 3,
  },
  vision: {
    depth: 24,
    hiddenSize: 1024,
    heads: 16,
    intermediateSize: 4096,
    outHiddenSize: 2560,
    inChannels: 3,
    patchSize: 16,
    temporalPatchSize: 2,
    spatialMergeSize: 2,
    positionsPerSide: 48,
    deepstackBlocks: [5, 11, 17],
  },
  imageTokenId: 151655,
  videoTokenId: 151656,
  visionStartTokenId: 151652,
  visionEndTokenId: 151653,
};

const part = (name: string) => PUBLISHED[name] as Json;
const withText = (change: Json) => ({ ...PUBLISHED, text_config: { ...part("text_config"), ...change } });
const withVision = (change: Json) => ({
  ...PUBLISHED,
  vision_config: { ...part("vision_config"), ...change },
});

describe("parseConfig", () => {
  test("reads the published configuration", () => {
    expect(parseConfig(PUBLISHED)).toEqual(SIZES);
    expect(parseAny(PUBLISHED)).toEqual(SIZES);
  });

  test("reads back what configJson writes, in rope_parameters too", () => {
    const written = JSON.parse(JSON.stringify(configJson(parseConfig(PUBLISHED)))) as Json;
    expect(parseConfig(written)).toEqual(SIZES);
    const { rope_theta, rope_scaling, ...text } = written["text_config"] as Json;
    const nested = { ...text, rope_parameters: { ...(rope_scaling as Json), rope_theta } };
    expect(parseConfig({ ...written, text_config: nested })).toEqual(SIZES);
  });

  test.each<[field: string, json: Json]>([
    ["model_type", { ...PUBLISHED, model_type: "llava" }],
    ["quantization_config", { ...PUBLISHED, quantization_config: { bits: 4 } }],
    ["text_config: num_hidden_layers", { ...PUBLISHED, text_config: undefined }],
    ["text_config: head_dim", withText({ head_dim: 127 })],
    ["text_config: attention_bias", withText({ attention_bias: true })],
    ["text_config: hidden_act", withText({ hidden_act: "gelu" })],
    ["text_config: num_key_value_heads", withText({ num_key_value_heads: 5 })],
    [
      "text_config: use_sliding_window",
      withText({ use_sliding_window: true, sliding_window: 64, max_window_layers: 1 }),
    ],
    [
      "rope_scaling: mrope_interleaved",
      withText({ rope_scaling: { mrope_interleaved: false, mrope_section: [24, 20, 20] } }),
    ],
    ["rope_scaling: mrope_section", withText({ rope_scaling: { mrope_section: [16, 24, 20] } })],
    [
      "rope_scaling: rope_type",
      withText({ rope_scaling: { rope_type: "yarn", mrope_section: [24, 20, 20] } }),
    ],
    ["vision_config: hidden_act", withVision({ hidden_act: "gelu" })],
    ["vision_config: num_position_embeddings", withVision({ num_position_embeddings: 2300 })],
    ["vision_config: deepstack_visual_indexes", withVision({ deepstack_visual_indexes: [5, 24] })],
    ["vision_config: deepstack_visual_indexes", withVision({ deepstack_visual_indexes: [11, 5] })],
    ["vision_config: temporal_patch_size", withVision({ temporal_patch_size: 1 })],
    ["vision_config: out_hidden_size", withVision({ out_hidden_size: 2048 })],
    ["image_token_id", { ...PUBLISHED, image_token_id: 151936 }],
  ])("names %s when it is wrong", (field, json) => {
    const parse = () => parseConfig(json, "some/config.json");
    expect(parse).toThrow(ModelError);
    expect(parse).toThrow(new RegExp(`^some/config\\.json: .*${field}`));
  });

  test("more features for layers than there are layers is an error", () => {
    const json = { ...withText({ num_hidden_layers: 2 }) };
    expect(() => parseConfig(json)).toThrow(
      "config.json: vision_config: deepstack_visual_indexes: expected at most num_hidden_layers (2) blocks, got [5,11,17]",
    );
  });

  test("the mixture of experts is rejected with an error that names it", () => {
    const type = `${MODEL_TYPE}_moe`;
    expect(() => parseAny({ ...PUBLISHED, model_type: type })).toThrow(
      `("${type}" is not supported: it needs a mixture of experts in the decoder), got "${type}"`,
    );
  });
});
