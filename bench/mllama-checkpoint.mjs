/**
 * @module
 * A checkpoint of Llama-3.2-11B-Vision's widths at any depth: configuration, processor settings and special tokens as
 * published with the instructed model, random weights, and a vocabulary of bytes and made-up words.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { graphsOf, parseConfig, writeWeights } from "fovea/model";
import { addedTokens, byteCharacters } from "./made-tokenizer.mjs";
import { randomTensor } from "./random-tensor.mjs";

/** Special tokens that prompts need; the image's follows the vocabulary. */
const SPECIAL = [
  "<|begin_of_text|>",
  "<|end_of_text|>",
  "<|start_header_id|>",
  "<|end_header_id|>",
  "<|eot_id|>",
  "<|finetune_right_pad_id|>",
];
const CROSS_ATTENTION = [3, 8, 13, 18, 23, 28, 33, 38];
const FEATURES = [3, 7, 15, 23, 30];

/**
 * @typedef {object} Shape
 * @property {number} layers of the decoder; 40 as published
 * @property {number} depth of the first transformer, at least 5; 32 as published
 * @property {number} globalDepth 8 as published
 * @property {number} vocabulary 128,256 as published
 * @property {number} tiles 4 as published
 */

/** Rows and columns of up to so many tiles. @param {number} tiles */
function canvases(tiles) {
  const sides = Array.from({ length: tiles }, (_, i) => i + 1);
  return sides.flatMap((rows) =>
    sides.filter((columns) => rows * columns <= tiles).map((columns) => [rows, columns]),
  );
}

/** What config.json says of sizes. @param {Shape} shape */
function configJson({ layers, depth, globalDepth, vocabulary, tiles }) {
  const cross = CROSS_ATTENTION.filter((layer) => layer < layers);
  return {
    architectures: ["MllamaForConditionalGeneration"],
    image_token_index: vocabulary,
    model_type: "mllama",
    text_config: {
      cross_attention_layers: cross.length > 0 ? cross : [layers - 1],
      dropout: 0,
      hidden_act: "silu",
      hidden_size: 4096,
      intermediate_size: 14_336,
      max_position_embeddings: 131_072,
      model_type: "mllama_text_model",
      num_attention_heads: 32,
      num_hidden_layers: layers,
      num_key_value_heads: 8,
      rms_norm_eps: 1e-5,
      rope_scaling: {
        factor: 8,
        high_freq_factor: 4,
        low_freq_factor: 1,
        original_max_position_embeddings: 8192,
        rope_type: "llama3",
      },
      rope_theta: 500_000,
      tie_word_embeddings: false,
      vocab_size: vocabulary,
    },
    torch_dtype: "bfloat16",
    vision_config: {
      attention_heads: 16,
      hidden_act: "gelu",
      hidden_size: 1280,
      image_size: 560,
      // five blocks at any depth, so that the projector has its published width
      intermediate_layers_indices: depth > 30 ? FEATURES : [0, 1, 2, 3, 4],
      intermediate_size: 5120,
      max_num_tiles: tiles,
      model_type: "mllama_vision_model",
      norm_eps: 1e-5,
      num_channels: 3,
      num_global_layers: globalDepth,
      num_hidden_layers: depth,
      patch_size: 14,
      supported_aspect_ratios: canvases(tiles),
      vision_output_dim: 7680,
    },
  };
}

const PREPROCESSOR = {
  do_convert_rgb: true,
  do_normalize: true,
  do_pad: true,
  do_rescale: true,
  do_resize: true,
  image_mean: [0.481_454_66, 0.457_827_5, 0.408_210_73],
  image_processor_type: "MllamaImageProcessor",
  image_std: [0.268_629_54, 0.261_302_58, 0.275_777_11],
  resample: 2,
  rescale_factor: 0.003_921_568_627_450_98,
  size: { height: 560, width: 560 },
};

/** Special tokens last, the image's behind the vocabulary. @param {number} vocabulary */
function tokenizerJson(vocabulary) {
  const bytes = byteCharacters();
  const words = Array.from({ length: vocabulary - SPECIAL.length - bytes.length }, (_, i) => `word${i}`);
  const vocab = Object.fromEntries([...bytes, ...words].map((token, id) => [token, id]));
  const first = vocabulary - SPECIAL.length;
  return {
    version: "1.0",
    added_tokens: addedTokens([...SPECIAL, "<|image|>"].map((content, i) => [content, first + i])),
    truncation: null,
    padding: null,
    normalizer: null,
    post_processor: null,
    pre_tokenizer: { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: true },
    decoder: { type: "ByteLevel", add_prefix_space: true, trim_offsets: true, use_regex: true },
    model: { type: "BPE", vocab, merges: [] },
  };
}

/** Writes it. @param {string} directory made if need be @param {Shape} shape */
export function writeMllamaCheckpoint(directory, shape) {
  mkdirSync(directory, { recursive: true });
  const write = (/** @type {string} */ name, /** @type {unknown} */ content) =>
    writeFileSync(join(directory, name), `${JSON.stringify(content, null, 2)}\n`);
  const json = configJson(shape);
  write("config.json", json);
  write("preprocessor_config.json", { ...PREPROCESSOR, max_image_tiles: shape.tiles });
  write("tokenizer.json", tokenizerJson(shape.vocabulary));
  write("tokenizer_config.json", {
    bos_token: "<|begin_of_text|>",
    eos_token: "<|eot_id|>",
    pad_token: "<|finetune_right_pad_id|>",
    tokenizer_class: "PreTrainedTokenizerFast",
  });
  const { names } = graphsOf(parseConfig(json));
  const tensors = [...names.shapes].map(([name, sizes]) => {
    // gates that are open, or the image would change nothing
    const isGate = sizes.length === 1 && sizes[0] === 1;
    const tensor = isGate
      ? { shape: sizes, data: Float32Array.of(0.5) }
      : randomTensor(name, sizes, names.isNorm(name), 0.02);
    return /** @type {const} */ ([name, tensor]);
  });
  writeWeights(directory, new Map(tensors), { dtype: "BF16" });
}
