/**
 * @module
 * A checkpoint of SmolVLM2-256M's true shape: configuration, processor settings, chat template and special tokens as
 * published with SmolVLM2-256M-Video-Instruct, random weights, and a made-up vocabulary of the published size.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { graphsOf, parseConfig, writeWeights } from "fovea/model";
import { addedTokens, byteCharacters } from "./made-tokenizer.mjs";
import { randomTensor } from "./random-tensor.mjs";

const VOCABULARY = 49_280;
const WORDS = 49_152;

/** What config.json says of sizes. @param {number} layers of the decoder @param {number} depth of the tower */
const configJson = (layers, depth) => ({
  architectures: ["SmolVLMForConditionalGeneration"],
  image_token_id: 49_190,
  model_type: "smolvlm",
  pad_token_id: 128_002,
  scale_factor: 4,
  text_config: {
    architectures: ["VLlama3ForCausalLM"],
    head_dim: 64,
    hidden_size: 576,
    intermediate_size: 1536,
    is_llama_config: true,
    max_position_embeddings: 8192,
    model_type: "llama",
    num_attention_heads: 9,
    num_hidden_layers: layers,
    num_key_value_heads: 3,
    pad_token_id: 2,
    pixel_shuffle_factor: 4,
    qk_layer_norms: false,
    rms_norm_eps: 1e-5,
    rope_interleaved: false,
    rope_theta: 100_000,
    torch_dtype: "bfloat16",
    use_resampler: false,
    vocab_size: VOCABULARY,
  },
  tie_word_embeddings: false,
  torch_dtype: "bfloat16",
  vision_config: {
    hidden_size: 768,
    image_size: 512,
    max_image_size: { longest_edge: 512 },
    model_type: "smolvlm_vision",
    num_attention_heads: 12,
    // the published file leaves this out, 12 being transformers' default
    ...(depth === 12 ? {} : { num_hidden_layers: depth }),
    patch_size: 16,
    size: { longest_edge: 2048 },
    tie_word_embeddings: false,
    use_base_siglip: false,
  },
  vocab_size: VOCABULARY,
});

/** @param {number} longestEdge */
const preprocessorJson = (longestEdge) => ({
  do_convert_rgb: true,
  do_image_splitting: true,
  do_normalize: true,
  do_pad: true,
  do_rescale: true,
  do_resize: true,
  image_mean: [0.5, 0.5, 0.5],
  image_processor_type: "SmolVLMImageProcessor",
  image_std: [0.5, 0.5, 0.5],
  max_image_size: { longest_edge: 512 },
  processor_class: "SmolVLMProcessor",
  resample: 1,
  rescale_factor: 0.003_921_568_627_450_98,
  size: { longest_edge: longestEdge },
  video_sampling: { fps: 1, max_frames: 64, video_size: { longest_edge: 512 } },
});

const TEMPLATE =
  "<|im_start|>{% for message in messages %}{{message['role'] | capitalize}}{% if message['content'][0]['type'] == 'image' %}{{':'}}{% else %}{{': '}}{% endif %}{% for line in message['content'] %}{% if line['type'] == 'text' %}{{line['text']}}{% elif line['type'] == 'image' %}{{ '<image>' }}{% endif %}{% endfor %}<end_of_utterance>\n{% endfor %}{% if add_generation_prompt %}{{ 'Assistant:' }}{% endif %}";

/** The tokens beside the words, at their published ids. @returns {[token: string, id: number][]} */
function specialTokens() {
  const side = [1, 2, 3, 4, 5, 6];
  const places = side.flatMap((row) => side.map((column) => `<row_${row}_col_${column}>`));
  const last = ["<global-img>", ...places, "<fake_token_around_image>", "<image>"];
  const reserved = Array.from({ length: 88 }, (_, i) => `<|reserved_special_token_${i}|>`);
  return [
    ["<|endoftext|>", 0],
    ["<|im_start|>", 1],
    ["<|im_end|>", 2],
    ...[...last, ...reserved, "<end_of_utterance>"].map(
      (token, i) => /** @type {[string, number]} */ ([token, WORDS + i]),
    ),
  ];
}

/** Bytes, and words that no text is ever made into, so that every id has a token. */
function tokenizerJson() {
  const special = specialTokens();
  const bytes = byteCharacters();
  const tokens = [
    ...special.slice(0, 3).map(([token]) => token),
    ...bytes,
    ...Array.from({ length: WORDS - 3 - bytes.length }, (_, i) => `word${i}`),
  ];
  return {
    version: "1.0",
    added_tokens: addedTokens(special),
    truncation: null,
    padding: null,
    normalizer: null,
    post_processor: null,
    pre_tokenizer: {
      type: "Sequence",
      pretokenizers: [
        { type: "Digits", individual_digits: true },
        { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: true },
      ],
    },
    decoder: { type: "ByteLevel", add_prefix_space: true, trim_offsets: true, use_regex: true },
    model: { type: "BPE", vocab: Object.fromEntries(tokens.map((token, id) => [token, id])), merges: [] },
  };
}

const TOKENIZER = {
  additional_special_tokens: ["<fake_token_around_image>", "<image>", "<end_of_utterance>"],
  bos_token: "<|im_start|>",
  clean_up_tokenization_spaces: false,
  eos_token: "<end_of_utterance>",
  model_max_length: 8192,
  pad_token: "<|im_end|>",
  processor_class: "SmolVLMProcessor",
  tokenizer_class: "PreTrainedTokenizerFast",
  unk_token: "<|endoftext|>",
};

/**
 * Writes it.
 *
 * @param {string} directory made if need be
 * @param {{ layers?: number, depth?: number, longestEdge?: number, dtype?: "BF16" | "F32" }} [shape] published unless given
 */
export function writeSmolCheckpoint(
  directory,
  { layers = 30, depth = 12, longestEdge = 2048, dtype = "BF16" } = {},
) {
  mkdirSync(directory, { recursive: true });
  const write = (/** @type {string} */ name, /** @type {unknown} */ content) =>
    writeFileSync(join(directory, name), `${JSON.stringify(content, null, 2)}\n`);
  const json = configJson(layers, depth);
  write("config.json", json);
  write("generation_config.json", { bos_token_id: 1, eos_token_id: 49_279, pad_token_id: 2 });
  write("preprocessor_config.json", preprocessorJson(longestEdge));
  write("processor_config.json", { image_seq_len: 64, processor_class: "SmolVLMProcessor" });
  write("chat_template.json", { chat_template: TEMPLATE });
  write("tokenizer_config.json", TOKENIZER);
  write("tokenizer.json", tokenizerJson());
  const { names } = graphsOf(parseConfig(json));
  const tensors = [...names.shapes].map(
    ([name, shape]) => /** @type {const} */ ([name, randomTensor(name, shape, names.isNorm(name), 0.02)]),
  );
  writeWeights(directory, new Map(tensors), { dtype });
}
