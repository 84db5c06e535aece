/**
 * @module
 * config.json of a Hugging Face Qwen2.5-VL directory, both ways. Reads the flat layout (text fields at the top
 * level, `rope_scaling`) and the nested one (`text_config`, `rope_parameters`); writes the nested one. A field
 * that transformers lets a file leave out has transformers' default here; the sizes must be there.
 */
import { ModelError } from "../../../errors/index.ts";
import type { ConfigJsonOptions } from "../../architecture.ts";
import { TORCH_DTYPES } from "../../float-type.ts";
import { Fields } from "../../json-fields.ts";
import { MODEL_TYPE, type QwenConfig, type QwenTextConfig, type VisionConfig } from "./config.ts";

const ARCHITECTURE = "Qwen2_5_VLForConditionalGeneration";
/** Base of the vision tower's rotary frequencies; the architecture has no other. */
const VISION_ROPE_THETA = 10_000;

function requireSilu(fields: Fields): void {
  if (fields.text("hidden_act", "silu") !== "silu") throw fields.error("hidden_act", '"silu"');
}

/** A sliding window that no layer uses is allowed, as in the published checkpoints. */
function refuseSlidingWindow(text: Fields, layers: number): void {
  const types = text.json["layer_types"];
  if (Array.isArray(types)) {
    if (types.some((type) => type !== "full_attention"))
      throw text.error("layer_types", 'only "full_attention" (sliding windows are not supported)');
  } else if (text.boolean("use_sliding_window", false) && text.has("sliding_window")) {
    if (text.integer("max_window_layers", 80, 0) < layers)
      throw text.error("use_sliding_window", "false (sliding windows are not supported)");
  }
}

function rope(text: Fields, headDim: number): Pick<QwenTextConfig, "ropeTheta" | "mropeSection"> {
  const rope = text.object(text.has("rope_parameters") ? "rope_parameters" : "rope_scaling");
  for (const name of ["rope_type", "type"]) {
    if (!["default", "mrope"].includes(rope.text(name, "default")))
      throw rope.error(name, '"default" or "mrope"');
  }
  const ropeTheta = rope.has("rope_theta") ? rope.positive("rope_theta") : text.positive("rope_theta", 1e6);
  const section = rope.numbers("mrope_section");
  const [time, height, width, ...rest] = section;
  if (time === undefined || height === undefined || width === undefined || rest.length > 0)
    throw rope.error("mrope_section", "three numbers");
  const whole = section.every((part) => Number.isInteger(part) && part >= 0);
  if (!whole || time + height + width !== headDim / 2)
    throw rope.error("mrope_section", `integers that sum to half the head size, ${headDim / 2}`);
  return { ropeTheta, mropeSection: [time, height, width] };
}

function parseText(text: Fields, tieWordEmbeddings: boolean): QwenTextConfig {
  requireSilu(text);
  const hiddenSize = text.integer("hidden_size");
  const layers = text.integer("num_hidden_layers");
  const heads = text.integer("num_attention_heads");
  refuseSlidingWindow(text, layers);
  if (hiddenSize % heads !== 0)
    throw text.error("hidden_size", `a multiple of num_attention_heads (${heads})`);
  const headDim = hiddenSize / heads;
  if (headDim % 2 !== 0) throw text.error("hidden_size", `an even size per head, not ${headDim}`);
  if (text.integer("head_dim", headDim) !== headDim)
    throw text.error("head_dim", `hidden_size / num_attention_heads = ${headDim}`);
  // Written as null by models without grouped queries; an absent field is a mistake.
  const kvHeads = text.json["num_key_value_heads"] === null ? heads : text.integer("num_key_value_heads");
  if (heads % kvHeads !== 0)
    throw text.error("num_key_value_heads", `a divisor of num_attention_heads (${heads})`);
  return {
    vocabSize: text.integer("vocab_size"),
    hiddenSize,
    layers,
    heads,
    kvHeads,
    headDim,
    intermediateSize: text.integer("intermediate_size"),
    rmsNormEpsilon: text.positive("rms_norm_eps", 1e-5),
    ...rope(text, headDim),
    tieWordEmbeddings,
  };
}

function parseVision(vision: Fields, textHiddenSize: number): VisionConfig {
  requireSilu(vision);
  const hiddenSize = vision.integer("hidden_size");
  const heads = vision.integer("num_heads");
  if (hiddenSize % heads !== 0) throw vision.error("hidden_size", `a multiple of num_heads (${heads})`);
  if ((hiddenSize / heads) % 4 !== 0)
    throw vision.error("hidden_size", "a size per head that is a multiple of 4");
  const outHiddenSize = vision.integer("out_hidden_size");
  if (outHiddenSize !== textHiddenSize)
    throw vision.error("out_hidden_size", `the decoder's hidden_size, ${textHiddenSize}`);
  const ropeParameters = vision.object("rope_parameters");
  if (ropeParameters.positive("rope_theta", VISION_ROPE_THETA) !== VISION_ROPE_THETA)
    throw ropeParameters.error("rope_theta", String(VISION_ROPE_THETA));
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
    inChannels: vision.has("in_channels") ? vision.integer("in_channels") : vision.integer("in_chans", 3),
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
export function parseConfig(json: unknown, where = "config.json"): QwenConfig {
  const root = new Fields(json, where);
  if (root.text("model_type") !== MODEL_TYPE) throw root.error("model_type", `"${MODEL_TYPE}"`);
  if (root.has("quantization_config")) throw root.error("quantization_config", "none (quantised weights)");
  const textFields = root.has("text_config") ? root.object("text_config") : root;
  const tied = root.boolean("tie_word_embeddings", false) || textFields.boolean("tie_word_embeddings", false);
  const text = parseText(textFields, tied);
  const tokenId = (name: string, fallback: number) => {
    const id = root.integer(name, fallback, 0);
    if (id >= text.vocabSize)
      throw new ModelError(`${where}: ${name}: expected an id below vocab_size ${text.vocabSize}, got ${id}`);
    return id;
  };
  return {
    modelType: MODEL_TYPE,
    text,
    vision: parseVision(root.object("vision_config"), text.hiddenSize),
    imageTokenId: tokenId("image_token_id", 151655),
    videoTokenId: tokenId("video_token_id", 151656),
    visionStartTokenId: tokenId("vision_start_token_id", 151652),
    visionEndTokenId: tokenId("vision_end_token_id", 151653),
  };
}

/**
 * The config.json of a model: `parseConfig` gives the same sizes back, and every transformers since 4.49 opens it
 * as Qwen2_5_VLForConditionalGeneration. Flat, as the published models have it: 4.49 to 4.51 know no other layout, no 4.x
 * knows `rope_parameters`, and 5.x reads it too.
 */
export function configJson(config: QwenConfig, options: ConfigJsonOptions = {}): Record<string, unknown> {
  const { text, vision } = config;
  return {
    architectures: [ARCHITECTURE],
    attention_dropout: 0,
    bos_token_id: null,
    eos_token_id: options.eosTokenId ?? null,
    hidden_act: "silu",
    hidden_size: text.hiddenSize,
    image_token_id: config.imageTokenId,
    intermediate_size: text.intermediateSize,
    max_position_embeddings: options.maxPositionEmbeddings ?? 32768,
    model_type: MODEL_TYPE,
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
    vision_config: {
      depth: vision.depth,
      fullatt_block_indexes: vision.fullAttentionBlocks,
      hidden_act: "silu",
      hidden_size: vision.hiddenSize,
      in_channels: vision.inChannels,
      intermediate_size: vision.intermediateSize,
      model_type: MODEL_TYPE,
      num_heads: vision.heads,
      out_hidden_size: vision.outHiddenSize,
      patch_size: vision.patchSize,
      spatial_merge_size: vision.spatialMergeSize,
      temporal_patch_size: vision.temporalPatchSize,
      tokens_per_second: vision.tokensPerSecond,
      window_size: vision.windowSize,
    },
    vision_end_token_id: config.visionEndTokenId,
    vision_start_token_id: config.visionStartTokenId,
    vocab_size: text.vocabSize,
  };
}
