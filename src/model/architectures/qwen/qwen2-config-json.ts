/**
 * @module
 * config.json of the families with Qwen2's decoder: text fields at the top level or in `text_config`, and the flat layout
 * that is written. A field that transformers lets a file leave out has transformers' default here; the sizes must be there.
 */
import type { ConfigJsonOptions } from "../../architecture.ts";
import { TORCH_DTYPES } from "../../float-type.ts";
import type { Fields } from "../../json-fields.ts";
import type { QwenConfig, QwenTextConfig } from "./config.ts";
import { headsOf, refuseSlidingWindow, requireActivation, ropeOf } from "./config-fields.ts";

/** The decoder's sizes, from `text_config`, or from the top level if there is none. */
export function parseQwen2Text(root: Fields): QwenTextConfig {
  const text = root.has("text_config") ? root.object("text_config") : root;
  requireActivation(text, "silu");
  const hiddenSize = text.integer("hidden_size");
  const layers = text.integer("num_hidden_layers");
  const queryHeads = text.integer("num_attention_heads");
  refuseSlidingWindow(text, layers);
  if (hiddenSize % queryHeads !== 0)
    throw text.error("hidden_size", `a multiple of num_attention_heads (${queryHeads})`);
  const headDim = hiddenSize / queryHeads;
  if (headDim % 2 !== 0) throw text.error("hidden_size", `an even size per head, not ${headDim}`);
  if (text.integer("head_dim", headDim) !== headDim)
    throw text.error("head_dim", `hidden_size / num_attention_heads = ${headDim}`);
  const { heads, kvHeads } = headsOf(text);
  return {
    vocabSize: text.integer("vocab_size"),
    hiddenSize,
    layers,
    heads,
    kvHeads,
    headDim,
    intermediateSize: text.integer("intermediate_size"),
    rmsNormEpsilon: text.positive("rms_norm_eps", 1e-5),
    ...ropeOf(text, headDim, 1e6),
    tieWordEmbeddings:
      root.boolean("tie_word_embeddings", false) || text.boolean("tie_word_embeddings", false),
  };
}

/**
 * The config.json of a model, flat, as the published models have it: releases before 4.52 know no other layout, no 4.x
 * knows `rope_parameters`, and 5.x reads it too.
 *
 * @param architecture the class that opens it
 * @param vision its `vision_config`
 */
export function qwen2ConfigJson(
  config: QwenConfig,
  options: ConfigJsonOptions,
  architecture: string,
  vision: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const { text } = config;
  return {
    architectures: [architecture],
    attention_dropout: 0,
    bos_token_id: null,
    eos_token_id: options.eosTokenId ?? null,
    hidden_act: "silu",
    hidden_size: text.hiddenSize,
    image_token_id: config.imageTokenId,
    intermediate_size: text.intermediateSize,
    max_position_embeddings: options.maxPositionEmbeddings ?? 32768,
    model_type: config.modelType,
    num_attention_heads: text.heads,
    num_hidden_layers: text.layers,
    num_key_value_heads: text.kvHeads,
    pad_token_id: options.padTokenId ?? null,
    rms_norm_eps: text.rmsNormEpsilon,
    rope_scaling: { mrope_section: text.mropeSection, rope_type: "default", type: "mrope" },
    rope_theta: text.ropeTheta,
    sliding_window: null,
    tie_word_embeddings: text.tieWordEmbeddings,
    torch_dtype: TORCH_DTYPES[options.dtype ?? "F32"],
    use_sliding_window: false,
    video_token_id: config.videoTokenId,
    vision_config: { ...vision, model_type: config.modelType },
    vision_end_token_id: config.visionEndTokenId,
    vision_start_token_id: config.visionStartTokenId,
    vocab_size: text.vocabSize,
  };
}
