/**
 * @module
 * Tokenizer and chat template as the files of a model directory.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ChatTemplate, templateWithin } from "./chat-template.ts";
import { Fields } from "./json-fields.ts";
import { readJson } from "./read-json.ts";
import { Tokenizer } from "./tokenizer.ts";

/**
 * Reads tokenizer.json, and tokenizer_config.json where there is one.
 *
 * @throws ModelError when they are missing or broken
 */
export function loadTokenizer(directory: string): Tokenizer {
  const path = join(directory, "tokenizer.json");
  const config = join(directory, "tokenizer_config.json");
  return new Tokenizer(readJson(path), existsSync(config) ? readJson(config) : {}, path);
}

/**
 * The template of a directory: the one within processor_config.json, which transformers takes first, else
 * chat_template.jinja, else chat_template.json, else the one within tokenizer_config.json, else `QWEN_CHAT_TEMPLATE`.
 */
export function loadChatTemplate(directory: string): ChatTemplate {
  const joint = join(directory, "processor_config.json");
  if (existsSync(joint)) {
    const fields = new Fields(readJson(joint), joint);
    if (fields.has("chat_template")) return new ChatTemplate(fields.text("chat_template"), joint);
  }
  const jinja = join(directory, "chat_template.jinja");
  if (existsSync(jinja)) return new ChatTemplate(readFileSync(jinja, "utf8"), jinja);
  const files = ["chat_template.json", "tokenizer_config.json"].map((name) => join(directory, name));
  return templateWithin(files.map((path) => [path, existsSync(path) ? readJson(path) : undefined]));
}
