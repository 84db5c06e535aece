/**
 * @module
 * The files of a model directory beside config.json and the weights.
 */

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { removeFile, replaceFile } from "../files/index.ts";

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

/**
 * Copies files from one directory to another. A file that the source lacks is removed from the target, where another model may
 * have left one.
 */
export function carryFiles(names: readonly string[], source: string, target: string): void {
  for (const name of names) {
    const from = join(source, name);
    if (existsSync(from)) replaceFile(join(target, name), [readFileSync(from)]);
    else removeFile(join(target, name));
  }
}
