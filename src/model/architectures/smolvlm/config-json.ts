/**
 * @module
 * config.json of a Hugging Face SmolVLM or Idefics3 directory, both ways. A field that transformers lets a file leave out
 * has transformers' default here, as the published files leave most of them out.
 */
import { ModelError } from "../../../errors/index.ts";
import type { ConfigJsonOptions } from "../../architecture.ts";
import type { TextConfig } from "../../config.ts";
import { TORCH_DTYPES } from "../../float-type.ts";
import { Fields } from "../../json-fields.ts";
import { parseRope, ropeScalingJson } from "../llama/rope-json.ts";
import {
  IDEFICS_MODEL_TYPE,
  MODEL_TYPE,
  positionsPerSide,
  type SmolConfig,
  type VisionConfig,
} from "./config.ts";

const ARCHITECTURES = {
  [MODEL_TYPE]: "SmolVLMForConditionalGeneration",
  [IDEFICS_MODEL_TYPE]: "Idefics3ForConditionalGeneration",
} as const;

/** The only decoder that the published models have. */
const TEXT_MODEL_TYPE = "llama";
const ACTIVATION = "gelu_pytorch_tanh";

function refuse(fields: Fields, name: string, what: string): void {
  if (fields.has(name)) throw fields.error(name, `none (${what} not supported)`);
}

function requireFalse(fields: Fields, name: string, what: string): void {
  if (fields.boolean(name, false)) throw fields.error(name, `false (${what} are not supported)`);
}

function parseText(text: Fields, tieWordEmbeddings: boolean): TextConfig {
  text.requireText("model_type", TEXT_MODEL_TYPE);
  text.requireText("hidden_act", "silu");
  requireFalse(text, "attention_bias", "biases of the decoder's projections");
  requireFalse(text, "mlp_bias", "biases of the decoder's projections");
  requireFalse(text, "qk_layer_norms", "norms of queries and keys");
  refuse(text, "sliding_window", "sliding windows are");
  refuse(text, "num_local_experts", "mixtures of experts are");
  const hiddenSize = text.integer("hidden_size", 4096);
  const heads = text.integer("num_attention_heads", 32);
  if (!text.has("head_dim") && hiddenSize % heads !== 0)
    throw text.error("hidden_size", `a multiple of num_attention_heads (${heads})`);
  const headDim = text.integer("head_dim", hiddenSize / heads);
  if (headDim % 2 !== 0) throw text.error("head_dim", `an even size per head, not ${headDim}`);
  const kvHeads = text.integer("num_key_value_heads", heads);
  if (heads % kvHeads !== 0)
    throw text.error("num_key_value_heads", `a divisor of num_attention_heads (${heads})`);
  return {
    vocabSize: text.integer("vocab_size", 32_000),
    hiddenSize,
    layers: text.integer("num_hidden_layers", 32),
    heads,
    kvHeads,
    headDim,
    intermediateSize: text.integer("intermediate_size", 11_008),
    rmsNormEpsilon: text.positive("rms_norm_eps", 1e-6),
    ...parseRope(text, 10_000),
    tieWordEmbeddings,
  };
}

function parseVision(vision: Fields): VisionConfig {
  vision.requireText("hidden_act", ACTIVATION);
  const hiddenSize = vision.integer("hidden_size", 1152);
  const heads = vision.integer("num_attention_heads", 16);
  if (hiddenSize % heads !== 0)
    throw vision.error("hidden_size", `a multiple of num_attention_heads (${heads})`);
  const inChannels = vision.integer("num_channels", 3);
  if (inChannels !== 3) throw vision.error("num_channels", "3");
  const patchSize = vision.square("patch_size", 32);
  const imageSize = vision.square("image_size", 224);
  if (imageSize < patchSize) throw vision.error("image_size", `at least patch_size (${patchSize})`);
  return {
    depth: vision.integer("num_hidden_layers", 12),
    hiddenSize,
    heads,
    intermediateSize: vision.integer("intermediate_size", 3072),
    inChannels,
    imageSize,
    patchSize,
    layerNormEpsilon: vision.positive("layer_norm_eps", 1e-6),
  };
}

function modelTypeOf(root: Fields): SmolConfig["modelType"] {
  const modelType = root.text("model_type");
  if (modelType === MODEL_TYPE || modelType === IDEFICS_MODEL_TYPE) return modelType;
  throw root.error("model_type", `"${MODEL_TYPE}" or "${IDEFICS_MODEL_TYPE}"`);
}

/**
 * The sizes of the model that a config.json describes.
 *
 * @param json the parsed file
 * @param where its path, for messages
 * @throws ModelError naming the field: another architecture, an impossible size, another activation, biases, rotary
 *   positions of another kind, sliding windows, a mixture of experts, a quantised checkpoint
 */
export function parseConfig(json: unknown, where = "config.json"): SmolConfig {
  const root = new Fields(json, where);
  const modelType = modelTypeOf(root);
  if (root.has("quantization_config")) throw root.error("quantization_config", "none (quantised weights)");
  for (const name of ["text_config", "vision_config"]) {
    if (!root.has(name)) throw root.error(name, "an object");
  }
  const textFields = root.object("text_config");
  // transformers 5 reads the outer field, 4 the inner one.
  const tied = [root, textFields].some((fields) => fields.boolean("tie_word_embeddings", false));
  const text = parseText(textFields, tied);
  const vision = parseVision(root.object("vision_config"));
  const scaleFactor = root.integer("scale_factor", 2);
  const side = positionsPerSide(vision);
  if (side % scaleFactor !== 0)
    throw root.error("scale_factor", `a divisor of the ${side} patches per side of an image`);
  const imageTokenId = root.integer("image_token_id", 128_257, 0);
  if (imageTokenId >= text.vocabSize)
    throw new ModelError(
      `${where}: image_token_id: expected an id below vocab_size ${text.vocabSize}, got ${imageTokenId}`,
    );
  return { modelType, text, vision, scaleFactor, imageTokenId };
}

/**
 * The config.json of a model: `parseConfig` gives the same sizes back, and transformers opens it, 4.46 and later for
 * Idefics3 and 4.50 and later for SmolVLM. `rope_theta` is where 4.x looks for it, and 5.x reads it there too.
 */
export function configJson(config: SmolConfig, options: ConfigJsonOptions = {}): Record<string, unknown> {
  const { modelType, text, vision } = config;
  return {
    architectures: [ARCHITECTURES[modelType]],
    eos_token_id: options.eosTokenId ?? null,
    image_token_id: config.imageTokenId,
    model_type: modelType,
    scale_factor: config.scaleFactor,
    text_config: {
      attention_bias: false,
      eos_token_id: options.eosTokenId ?? null,
      head_dim: text.headDim,
      hidden_act: "silu",
      hidden_size: text.hiddenSize,
      intermediate_size: text.intermediateSize,
      max_position_embeddings: options.maxPositionEmbeddings ?? 32768,
      mlp_bias: false,
      model_type: TEXT_MODEL_TYPE,
      num_attention_heads: text.heads,
      num_hidden_layers: text.layers,
      num_key_value_heads: text.kvHeads,
      pad_token_id: options.padTokenId ?? null,
      rms_norm_eps: text.rmsNormEpsilon,
      rope_scaling: ropeScalingJson(text),
      rope_theta: text.ropeTheta,
      tie_word_embeddings: text.tieWordEmbeddings,
      vocab_size: text.vocabSize,
    },
    tie_word_embeddings: text.tieWordEmbeddings,
    torch_dtype: TORCH_DTYPES[options.dtype ?? "F32"],
    vision_config: {
      hidden_act: ACTIVATION,
      hidden_size: vision.hiddenSize,
      image_size: vision.imageSize,
      intermediate_size: vision.intermediateSize,
      layer_norm_eps: vision.layerNormEpsilon,
      model_type: `${modelType}_vision`,
      num_attention_heads: vision.heads,
      num_channels: vision.inChannels,
      num_hidden_layers: vision.depth,
      patch_size: vision.patchSize,
    },
    vocab_size: text.vocabSize,
  };
}
