/**
 * @module
 * config.json of a Hugging Face Llama 3.2-Vision directory, both ways. A field that transformers lets a file leave out has
 * transformers' default here.
 */
import { ModelError } from "../../../errors/index.ts";
import type { ConfigJsonOptions } from "../../architecture.ts";
import { embeddedTokens } from "../../config.ts";
import { TORCH_DTYPES } from "../../float-type.ts";
import { Fields } from "../../json-fields.ts";
import { parseRope, ropeScalingJson } from "../llama/rope-json.ts";
import { type MllamaConfig, MODEL_TYPE, PROMPT_ONLY_TOKENS, type VisionConfig } from "./config.ts";
import { canvases } from "./tile-canvas.ts";

const TEXT_MODEL_TYPE = "mllama_text_model";
const VISION_MODEL_TYPE = "mllama_vision_model";
const THETA = 500_000;

/** Places of layers, in order. */
function layerList(
  fields: Fields,
  name: string,
  layers: number,
  fallback: readonly number[],
): readonly number[] {
  const list = fields.numbers(name, fallback);
  const isRising = list.every((place, i) => i === 0 || place > list[i - 1]!);
  if (list.length === 0 || !isRising || list.some((place) => !Number.isInteger(place) || place < 0))
    throw fields.error(name, "rising places of layers, at least one");
  if (list.at(-1)! >= layers) throw fields.error(name, `places below num_hidden_layers (${layers})`);
  return list;
}

function parseText(text: Fields): MllamaConfig["text"] {
  text.requireText("model_type", TEXT_MODEL_TYPE);
  text.requireText("hidden_act", "silu");
  if (text.json["dropout"] !== undefined && text.json["dropout"] !== 0)
    throw text.error("dropout", "0 (dropout is not supported)");
  if (text.boolean("tie_word_embeddings", false))
    throw text.error("tie_word_embeddings", "false (the embedding has more rows than the head)");
  const hiddenSize = text.integer("hidden_size", 4096);
  const heads = text.integer("num_attention_heads", 32);
  if (hiddenSize % heads !== 0)
    throw text.error("hidden_size", `a multiple of num_attention_heads (${heads})`);
  const headDim = hiddenSize / heads;
  if (headDim % 2 !== 0) throw text.error("hidden_size", `an even size per head, not ${headDim}`);
  if (text.integer("head_dim", headDim) !== headDim)
    throw text.error("head_dim", `hidden_size / num_attention_heads (${headDim})`);
  const kvHeads = text.integer("num_key_value_heads", 8);
  if (heads % kvHeads !== 0)
    throw text.error("num_key_value_heads", `a divisor of num_attention_heads (${heads})`);
  const layers = text.integer("num_hidden_layers", 40);
  const crossAttentionLayers = layerList(
    text,
    "cross_attention_layers",
    layers,
    [3, 8, 13, 18, 23, 28, 33, 38],
  );
  if (crossAttentionLayers.length === layers)
    throw text.error("cross_attention_layers", "at least one layer left for self-attention");
  return {
    vocabSize: text.integer("vocab_size", 128_256),
    promptOnlyTokens: PROMPT_ONLY_TOKENS,
    hiddenSize,
    layers,
    crossAttentionLayers,
    heads,
    kvHeads,
    headDim,
    intermediateSize: text.integer("intermediate_size", 14_336),
    rmsNormEpsilon: text.positive("rms_norm_eps", 1e-5),
    ...parseRope(text, THETA),
    tieWordEmbeddings: false,
  };
}

function parseVision(vision: Fields): VisionConfig {
  vision.requireText("model_type", VISION_MODEL_TYPE);
  vision.requireText("hidden_act", "gelu");
  const hiddenSize = vision.integer("hidden_size", 1280);
  // transformers writes the one name and reads both.
  const headsField = vision.has("attention_heads") ? "attention_heads" : "num_attention_heads";
  const heads = vision.integer(headsField, 16);
  if (hiddenSize % heads !== 0) throw vision.error("hidden_size", `a multiple of ${headsField} (${heads})`);
  if (vision.integer("num_channels", 3) !== 3) throw vision.error("num_channels", "3");
  const patchSize = vision.square("patch_size", 14);
  const imageSize = vision.square("image_size", 448);
  if (imageSize % patchSize !== 0)
    throw vision.error("image_size", `a multiple of patch_size (${patchSize})`);
  const maxTiles = vision.integer("max_num_tiles", 4);
  checkRatios(vision, maxTiles);
  const depth = vision.integer("num_hidden_layers", 32);
  const featureBlocks = layerList(vision, "intermediate_layers_indices", depth, [3, 7, 15, 23, 30]);
  const width = hiddenSize * (1 + featureBlocks.length);
  if (vision.integer("vision_output_dim", 7680) !== width)
    throw vision.error(
      "vision_output_dim",
      `hidden_size · (1 + ${featureBlocks.length} of intermediate_layers_indices) = ${width}`,
    );
  return {
    depth,
    globalDepth: vision.integer("num_global_layers", 8),
    hiddenSize,
    heads,
    intermediateSize: vision.integer("intermediate_size", 5120),
    inChannels: 3,
    imageSize,
    patchSize,
    layerNormEpsilon: vision.positive("norm_eps", 1e-5),
    maxTiles,
    featureBlocks,
  };
}

/** The processor numbers its canvases itself, so the model's list must be the same. */
function checkRatios(vision: Fields, maxTiles: number): void {
  const expected = JSON.stringify(canvases(maxTiles));
  const got = vision.json["supported_aspect_ratios"];
  if (got === undefined || got === null) {
    if (maxTiles !== 4) throw vision.error("supported_aspect_ratios", expected);
  } else if (JSON.stringify(got) !== expected) {
    throw vision.error("supported_aspect_ratios", `${expected}, all of up to max_num_tiles (${maxTiles})`);
  }
}

/**
 * The sizes of the model that a config.json describes.
 *
 * @param json the parsed file
 * @param where its path, for messages
 * @throws ModelError naming the field: another architecture, an impossible size, another activation, rotary positions of
 *   another kind, dropout, a tied head, other canvases than the processor's, a quantised checkpoint
 */
export function parseConfig(json: unknown, where = "config.json"): MllamaConfig {
  const root = new Fields(json, where);
  if (root.text("model_type") !== MODEL_TYPE) throw root.error("model_type", `"${MODEL_TYPE}"`);
  if (root.has("quantization_config")) throw root.error("quantization_config", "none (quantised weights)");
  for (const name of ["text_config", "vision_config"]) {
    if (!root.has(name)) throw root.error(name, "an object");
  }
  const text = parseText(root.object("text_config"));
  const field = root.has("image_token_index") ? "image_token_index" : "image_token_id";
  const imageTokenId = root.integer(field, 128_256, 0);
  if (imageTokenId >= embeddedTokens(text))
    throw new ModelError(
      `${where}: ${field}: expected an id below vocab_size + ${PROMPT_ONLY_TOKENS} = ${embeddedTokens(text)}, got ${imageTokenId}`,
    );
  return { modelType: MODEL_TYPE, text, vision: parseVision(root.object("vision_config")), imageTokenId };
}

/**
 * The config.json of a model: `parseConfig` gives the same sizes back, and transformers opens it. `rope_theta` is
 * where 4.x looks for it, and 5.x reads it there too.
 */
export function configJson(config: MllamaConfig, options: ConfigJsonOptions = {}): Record<string, unknown> {
  const { text, vision } = config;
  return {
    architectures: ["MllamaForConditionalGeneration"],
    image_token_index: config.imageTokenId,
    model_type: MODEL_TYPE,
    text_config: {
      cross_attention_layers: text.crossAttentionLayers,
      dropout: 0,
      eos_token_id: options.eosTokenId ?? null,
      hidden_act: "silu",
      hidden_size: text.hiddenSize,
      intermediate_size: text.intermediateSize,
      max_position_embeddings: options.maxPositionEmbeddings ?? 32768,
      model_type: TEXT_MODEL_TYPE,
      num_attention_heads: text.heads,
      num_hidden_layers: text.layers,
      num_key_value_heads: text.kvHeads,
      pad_token_id: options.padTokenId ?? null,
      rms_norm_eps: text.rmsNormEpsilon,
      rope_scaling: ropeScalingJson(text),
      rope_theta: text.ropeTheta,
      tie_word_embeddings: false,
      vocab_size: text.vocabSize,
    },
    torch_dtype: TORCH_DTYPES[options.dtype ?? "F32"],
    vision_config: {
      attention_heads: vision.heads,
      hidden_act: "gelu",
      hidden_size: vision.hiddenSize,
      image_size: vision.imageSize,
      intermediate_layers_indices: vision.featureBlocks,
      intermediate_size: vision.intermediateSize,
      max_num_tiles: vision.maxTiles,
      model_type: VISION_MODEL_TYPE,
      norm_eps: vision.layerNormEpsilon,
      num_channels: vision.inChannels,
      num_global_layers: vision.globalDepth,
      num_hidden_layers: vision.depth,
      patch_size: vision.patchSize,
      supported_aspect_ratios: canvases(vision.maxTiles),
      vision_output_dim: vision.hiddenSize * (1 + vision.featureBlocks.length),
    },
  };
}
