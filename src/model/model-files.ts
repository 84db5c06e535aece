/**
 * @module
 * The files of a model directory beside config.json and the weights.
 */

/** Files that say how a model is asked: tokenizer, chat template, processors, tokens that end an answer. */
export const ASKING_FILES: readonly string[] = [
  "added_tokens.json",
  "chat_template.jinja",
  "chat_template.json",
  "generation_config.json",
  "merges.txt",
  "preprocessor_config.json",
  "processor_config.json",
  "special_tokens_map.json",
  "tokenizer.json",
  "tokenizer_config.json",
  "video_preprocessor_config.json",
  "vocab.json",
];
