/**
 * @module
 * config.json of a Hugging Face Qwen2-VL directory, both ways. Reads the flat layout and the nested one; writes the flat
 * one. The tower calls its own width `embed_dim` and the decoder's `hidden_size`.
 */
import type { ConfigJsonOptions } from "../../architecture.ts";
import { Fields } from "../../json-fields.ts";
import type { TowerConfig } from "../qwen/config.ts";
import {
  checkFamily,
  checkTower,
  inChannelsOf,
  requireActivation,
  tokenIdsOf,
} from "../qwen/config-fields.ts";
import { parseQwen2Text, qwen2ConfigJson } from "../qwen/qwen2-config-json.ts";
import { MODEL_TYPE, type Qwen2Config } from "./config.ts";

const ARCHITECTURE = "Qwen2VLForConditionalGeneration";
const ACTIVATION = "quick_gelu";

function parseVision(vision: Fields, textHiddenSize: number): TowerConfig {
  requireActivation(vision, ACTIVATION);
  const hiddenSize = vision.integer("embed_dim");
  const outHiddenSize = vision.integer("hidden_size");
  const heads = checkTower(
    vision,
    { name: "embed_dim", value: hiddenSize },
    { name: "hidden_size", value: outHiddenSize },
    textHiddenSize,
  );
  return {
    depth: vision.integer("depth"),
    hiddenSize,
    heads,
    intermediateSize: hiddenSize * vision.integer("mlp_ratio", 4),
    outHiddenSize,
    inChannels: inChannelsOf(vision),
    patchSize: vision.square("patch_size", 14),
    temporalPatchSize: vision.square("temporal_patch_size", 2),
    spatialMergeSize: vision.integer("spatial_merge_size", 2),
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
export function parseConfig(json: unknown, where = "config.json"): Qwen2Config {
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

/** The config.json of a model: `parseConfig` gives the same sizes back, and transformers opens it. */
export function configJson(config: Qwen2Config, options: ConfigJsonOptions = {}): Record<string, unknown> {
  const { vision } = config;
  return qwen2ConfigJson(config, options, ARCHITECTURE, {
    depth: vision.depth,
    embed_dim: vision.hiddenSize,
    hidden_act: ACTIVATION,
    hidden_size: vision.outHiddenSize,
    in_channels: vision.inChannels,
    mlp_ratio: vision.intermediateSize / vision.hiddenSize,
    num_heads: vision.heads,
    patch_size: vision.patchSize,
    spatial_merge_size: vision.spatialMergeSize,
    temporal_patch_size: vision.temporalPatchSize,
  });
}
