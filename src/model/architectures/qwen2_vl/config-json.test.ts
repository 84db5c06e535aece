import { describe, expect, test } from "vitest";
import { ModelError } from "../../../errors/index.ts";
import { publishedDirectory } from "../../../testing/qwen-fixtures.ts";
import { readJson } from "../../read-json.ts";
import { parseConfig as parseAny } from "../index.ts";
import { MODEL_TYPE } from "./config.ts";
import { configJson, parseConfig } from "./config-json.ts";

type Json = Record<string, unknown>;

const PUBLISHED = readJson(`${publishedDirectory(MODEL_TYPE)}/config.json`) as Json;

/** Qwen2-VL-2B-Instruct. */
const SIZES = {
  modelType: MODEL_TYPE,
  text: {
    vocabSize: 151936,
    hiddenSize: 1536,
    layers: 28,
    heads: 12,
    kvHeads: 2,
    headDim: 128,
    intermediateSize: 8960,
    rmsNormEpsilon: 1e-6,
    ropeTheta: 1e6,
    mropeSection: [16, 24, 24],
    tieWordEmbeddings: true,
  },
  vision: {
    depth: 32,
    hiddenSize: 1280,
    heads: 16,
    intermediateSize: 5120,
    outHiddenSize: 1536,
    inChannels: 3,
    patchSize: 14,
    temporalPatchSize: 2,
    spatialMergeSize: 2,
  },
  imageTokenId: 151655,
  videoTokenId: 151656,
  visionStartTokenId: 151652,
  visionEndTokenId: 151653,
};

const withVision = (change: Json) => ({
  ...PUBLISHED,
  vision_config: { ...(PUBLISHED["vision_config"] as Json), ...change },
});

describe("parseConfig", () => {
  test("reads the published configuration, and text fields in text_config", () => {
    expect(parseConfig(PUBLISHED)).toEqual(SIZES);
    expect(parseAny(PUBLISHED)).toEqual(SIZES);
    const { vision_config, model_type, image_token_id, video_token_id, ...text } = PUBLISHED;
    const nested = { vision_config, model_type, image_token_id, video_token_id, text_config: text };
    expect(parseConfig(nested)).toEqual(SIZES);
  });

  test("reads back what configJson writes", () => {
    expect(parseConfig(JSON.parse(JSON.stringify(configJson(parseConfig(PUBLISHED)))))).toEqual(SIZES);
  });

  test.each<[field: string, json: Json]>([
    ["model_type", { ...PUBLISHED, model_type: "llava" }],
    ["quantization_config", { ...PUBLISHED, quantization_config: { bits: 4 } }],
    ["use_sliding_window", { ...PUBLISHED, use_sliding_window: true, max_window_layers: 20 }],
    ["vision_config: embed_dim", withVision({ embed_dim: undefined })],
    ["vision_config: embed_dim", withVision({ num_heads: 7 })],
    ["vision_config: hidden_size", withVision({ hidden_size: 1280 })],
    ["vision_config: hidden_act", withVision({ hidden_act: "silu" })],
    ["vision_config: mlp_ratio", withVision({ mlp_ratio: 2.5 })],
  ])("names %s when it is wrong", (field, json) => {
    const parse = () => parseConfig(json, "some/config.json");
    expect(parse).toThrow(ModelError);
    expect(parse).toThrow(new RegExp(`^some/config\\.json: .*${field}`));
  });
});
