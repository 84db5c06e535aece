/**
 * @module
 * config.json of a Hugging Face Qwen2.5-VL directory, both ways. Reads the flat layout (text fields at the top
 * level, `rope_scaling`) and the nested one (`text_config`, `rope_parameters`); writes the flat one.
 */
import type { ConfigJsonOptions } from "../../architecture.ts";
import { Fields } from "../../json-fields.ts";
import {
  checkFamily,
  checkTower,
  inChannelsOf,
  requireActivation,
  tokenIdsOf,
} from "../qwen/config-fields.ts";
import { parseQwen2Text, qwen2ConfigJson } from "../qwen/qwen2-config-json.ts";
import { MODEL_TYPE, type Qwen25Config, type WindowedTowerConfig } from "./config.ts";

const ARCHITECTURE = "Qwen2_5_VLForConditionalGeneration";

function parseVision(vision: Fields, textHiddenSize: number): WindowedTowerConfig {
  requireActivation(vision, "silu");
  const hiddenSize = vision.integer("hidden_size");
  const outHiddenSize = vision.integer("out_hidden_size");
  const heads = checkTower(
    vision,
    { name: "hidden_size", value: hiddenSize },
    { name: "out_hidden_size", value: outHiddenSize },
    textHiddenSize,
  );
  const patchSize = vision.square("patch_size", 14);
  const spatialMergeSize = vision.integer("spatial_merge_size", 2);
  const windowSize = vision.integer("window_size", 112);
  if (windowSize < patchSize * spatialMergeSize)
    throw vision.error(
      "window_size",
      `at least patch_size * spatial_merge_size = ${patchSize * spatialMergeSize}`,
    );
  const fullAttentionBlocks = vision.numbers("fullatt_block_indexes", [7, 15, 23, 31]);
  if (!fullAttentionBlocks.every((block) => Number.isInteger(block) && block >= 0))
    throw vision.error("fullatt_block_indexes", "block numbers from 0");
  return {
    depth: vision.integer("depth"),
    hiddenSize,
    heads,
    intermediateSize: vision.integer("intermediate_size"),
    outHiddenSize,
    inChannels: inChannelsOf(vision),
    patchSize,
    temporalPatchSize: vision.square("temporal_patch_size", 2),
    spatialMergeSize,
    windowSize,
    tokensPerSecond: vision.positive("tokens_per_second", 4),
    fullAttentionBlocks,
  };
}

/**
 * The sizes of the model that a config.json describes.
 *
 * @param json the parsed file
 * @param where its path, for messages
 * @throws ModelError naming the field: another architecture, a missing or impossible size, sliding windows in
 *   use, another activation, a quantised checkpoint
 */
export function parseConfig(json: unknown, where = "config.json"): Qwen25Config {
  const root = new Fields(json, where);
  checkFamily(root, MODEL_TYPE);
  const text = parseQwen2Text(root);
  return {
    modelType: MODEL_TYPE,
    text,
    vision: parseVision(root.object("vision_config"), text.hiddenSize),
    ...tokenIdsOf(root, text.vocabSize),
  };
}

/**
 * The config.json of a model: `parseConfig` gives the same sizes back, and every transformers since 4.49 opens it
 * as Qwen2_5_VLForConditionalGeneration.
 */
export function configJson(config: Qwen25Config, options: ConfigJsonOptions = {}): Record<string, unknown> {
  const { vision } = config;
  return qwen2ConfigJson(config, options, ARCHITECTURE, {
    depth: vision.depth,
    fullatt_block_indexes: vision.fullAttentionBlocks,
    hidden_act: "silu",
    hidden_size: vision.hiddenSize,
    in_channels: vision.inChannels,
    intermediate_size: vision.intermediateSize,
    num_heads: vision.heads,
    out_hidden_size: vision.outHiddenSize,
    patch_size: vision.patchSize,
    spatial_merge_size: vision.spatialMergeSize,
    temporal_patch_size: vision.temporalPatchSize,
    tokens_per_second: vision.tokensPerSecond,
    window_size: vision.windowSize,
  });
}
