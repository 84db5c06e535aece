/**
 * @module
 * config.json of a Hugging Face Qwen3-VL directory, both ways, in its one layout: `text_config` beside `vision_config`. A
 * field that transformers lets a file leave out has transformers' default here; the sizes must be there.
 */
import type { ConfigJsonOptions } from "../../architecture.ts";
import { TORCH_DTYPES } from "../../float-type.ts";
import { Fields } from "../../json-fields.ts";
import {
  checkFamily,
  checkTower,
  headsOf,
  inChannelsOf,
  refuseSlidingWindow,
  requireActivation,
  ropeFields,
  ropeOf,
  tokenIdsOf,
} from "../qwen/config-fields.ts";
import {
  type DeepstackTowerConfig,
  MODEL_TYPE,
  type Qwen3Config,
  type Qwen3TextConfig,
  TEMPORAL_PATCH_SIZE,
} from "./config.ts";

const ARCHITECTURE = "Qwen3VLForConditionalGeneration";
const TOWER_ACTIVATION = "gelu_pytorch_tanh";

function parseText(root: Fields, text: Fields): Omit<Qwen3TextConfig, "deepstackLayers"> {
  requireActivation(text, "silu");
  if (text.boolean("attention_bias", false)) throw text.error("attention_bias", "false");
  const layers = text.integer("num_hidden_layers");
  refuseSlidingWindow(text, layers);
  const { heads, kvHeads } = headsOf(text);
  const headDim = text.integer("head_dim", 128);
  if (headDim % 2 !== 0) throw text.error("head_dim", "an even size");
  // Every released model is interleaved; a file that says otherwise was made for another model.
  if (!ropeFields(text).boolean("mrope_interleaved", true))
    throw ropeFields(text).error("mrope_interleaved", "true");
  return {
    vocabSize: text.integer("vocab_size"),
    hiddenSize: text.integer("hidden_size"),
    layers,
    heads,
    kvHeads,
    headDim,
    intermediateSize: text.integer("intermediate_size"),
    rmsNormEpsilon: text.positive("rms_norm_eps", 1e-6),
    ...ropeOf(text, headDim, 5e5),
    tieWordEmbeddings:
      root.boolean("tie_word_embeddings", false) || text.boolean("tie_word_embeddings", false),
  };
}

function parseVision(vision: Fields, textHiddenSize: number): DeepstackTowerConfig {
  requireActivation(vision, TOWER_ACTIVATION);
  const hiddenSize = vision.integer("hidden_size");
  const outHiddenSize = vision.integer("out_hidden_size");
  const heads = checkTower(
    vision,
    { name: "hidden_size", value: hiddenSize },
    { name: "out_hidden_size", value: outHiddenSize },
    textHiddenSize,
  );
  const temporalPatchSize = vision.square("temporal_patch_size", TEMPORAL_PATCH_SIZE);
  if (temporalPatchSize !== TEMPORAL_PATCH_SIZE)
    throw vision.error("temporal_patch_size", String(TEMPORAL_PATCH_SIZE));
  const depth = vision.integer("depth");
  const positions = vision.integer("num_position_embeddings", 2304);
  const positionsPerSide = Math.round(Math.sqrt(positions));
  if (positionsPerSide ** 2 !== positions)
    throw vision.error("num_position_embeddings", "the square of an integer");
  const deepstackBlocks = vision.numbers("deepstack_visual_indexes", [8, 16, 24]);
  const isBlock = (block: number, i: number) =>
    Number.isInteger(block) && block >= 0 && block < depth && block > (deepstackBlocks[i - 1] ?? -1);
  if (!deepstackBlocks.every(isBlock))
    throw vision.error("deepstack_visual_indexes", `ascending block numbers below depth ${depth}`);
  return {
    depth,
    hiddenSize,
    heads,
    intermediateSize: vision.integer("intermediate_size"),
    outHiddenSize,
    inChannels: inChannelsOf(vision),
    patchSize: vision.square("patch_size", 16),
    temporalPatchSize,
    spatialMergeSize: vision.integer("spatial_merge_size", 2),
    positionsPerSide,
    deepstackBlocks,
  };
}

/**
 * The sizes of the model that a config.json describes.
 *
 * @param json the parsed file
 * @param where its path, for messages
 * @throws ModelError naming the field: another architecture, a missing or impossible size, another activation, biases of
 *   attention, a quantised checkpoint
 */
export function parseConfig(json: unknown, where = "config.json"): Qwen3Config {
  const root = new Fields(json, where);
  checkFamily(root, MODEL_TYPE);
  const text = parseText(root, root.object("text_config"));
  const vision = parseVision(root.object("vision_config"), text.hiddenSize);
  const deepstackLayers = vision.deepstackBlocks.length;
  if (deepstackLayers > text.layers) {
    const blocks = `at most num_hidden_layers (${text.layers}) blocks`;
    throw root.object("vision_config").error("deepstack_visual_indexes", blocks);
  }
  return {
    modelType: MODEL_TYPE,
    text: { ...text, deepstackLayers },
    vision,
    ...tokenIdsOf(root, text.vocabSize),
  };
}

/** The config.json of a model: `parseConfig` gives the same sizes back, and transformers since 4.57 opens it. */
export function configJson(config: Qwen3Config, options: ConfigJsonOptions = {}): Record<string, unknown> {
  const { text, vision } = config;
  const dtype = TORCH_DTYPES[options.dtype ?? "F32"];
  const rope = { mrope_interleaved: true, mrope_section: text.mropeSection, rope_type: "default" };
  return {
    architectures: [ARCHITECTURE],
    dtype,
    image_token_id: config.imageTokenId,
    model_type: MODEL_TYPE,
    text_config: {
      attention_bias: false,
      attention_dropout: 0,
      bos_token_id: null,
      dtype,
      eos_token_id: options.eosTokenId ?? null,
      head_dim: text.headDim,
      hidden_act: "silu",
      hidden_size: text.hiddenSize,
      intermediate_size: text.intermediateSize,
      max_position_embeddings: options.maxPositionEmbeddings ?? 32768,
      model_type: `${MODEL_TYPE}_text`,
      num_attention_heads: text.heads,
      num_hidden_layers: text.layers,
      num_key_value_heads: text.kvHeads,
      pad_token_id: options.padTokenId ?? null,
      rms_norm_eps: text.rmsNormEpsilon,
      rope_scaling: rope,
      rope_theta: text.ropeTheta,
      tie_word_embeddings: text.tieWordEmbeddings,
      vocab_size: text.vocabSize,
    },
    tie_word_embeddings: text.tieWordEmbeddings,
    video_token_id: config.videoTokenId,
    vision_config: {
      deepstack_visual_indexes: vision.deepstackBlocks,
      depth: vision.depth,
      hidden_act: TOWER_ACTIVATION,
      hidden_size: vision.hiddenSize,
      in_channels: vision.inChannels,
      intermediate_size: vision.intermediateSize,
      model_type: MODEL_TYPE,
      num_heads: vision.heads,
      num_position_embeddings: vision.positionsPerSide ** 2,
      out_hidden_size: vision.outHiddenSize,
      patch_size: vision.patchSize,
      spatial_merge_size: vision.spatialMergeSize,
      temporal_patch_size: vision.temporalPatchSize,
    },
    vision_end_token_id: config.visionEndTokenId,
    vision_start_token_id: config.visionStartTokenId,
  };
}
