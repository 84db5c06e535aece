/**
 * @module
 * Conversations as one string, by the Jinja template that a model directory carries.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Template } from "@huggingface/jinja";
import { ModelError } from "../errors/index.ts";
import { Fields, readJson } from "./json-fields.ts";

/** One part of a message: some text, or the place of an image. */
export type ContentPart = { readonly type: "image" } | { readonly type: "text"; readonly text: string };

/** One turn of a conversation. */
export interface ChatMessage {
  readonly role: "system" | "user" | "assistant";
  readonly content: string | readonly ContentPart[];
}

export interface RenderOptions {
  /** True, the default, ends with the opening of the assistant's turn. */
  readonly addGenerationPrompt?: boolean;
}

/**
 * The conversation format of Qwen2.5-VL: ChatML turns, the standard system message unless there is one, and each
 * image as one pad token between its vision marks. For directories that bring no template for images.
 */
export const QWEN_CHAT_TEMPLATE = `{%- if not messages or messages[0].role != 'system' -%}
{{- '<|im_start|>system\\nYou are a helpful assistant.<|im_end|>\\n' -}}
{%- endif -%}
{%- for message in messages -%}
{{- '<|im_start|>' + message.role + '\\n' -}}
{%- if message.content is string -%}
{{- message.content -}}
{%- else -%}
{%- for part in message.content -%}
{%- if part.type == 'image' -%}
{{- '<|vision_start|><|image_pad|><|vision_end|>' -}}
{%- elif part.type == 'text' -%}
{{- part.text -}}
{%- endif -%}
{%- endfor -%}
{%- endif -%}
{{- '<|im_end|>\\n' -}}
{%- endfor -%}
{%- if add_generation_prompt -%}
{{- '<|im_start|>assistant\\n' -}}
{%- endif -%}
`;

/** A parsed chat template. */
export class ChatTemplate {
  /** The template's own text. */
  readonly source: string;
  readonly #template: Template;
  readonly #where: string;

  /**
   * @param where path of the template, for messages
   * @throws ModelError when the template cannot be parsed
   */
  constructor(source: string, where = "chat template") {
    this.source = source;
    this.#where = where;
    try {
      this.#template = new Template(source);
    } catch (cause) {
      throw new ModelError(`${where}: not a Jinja template: ${(cause as Error).message}`, { cause });
    }
  }

  /**
   * The template of a directory: chat_template.jinja, else chat_template.json, else the one within
   * tokenizer_config.json, else `QWEN_CHAT_TEMPLATE`.
   */
  static load(directory: string): ChatTemplate {
    const jinja = join(directory, "chat_template.jinja");
    if (existsSync(jinja)) return new ChatTemplate(readFileSync(jinja, "utf8"), jinja);
    for (const name of ["chat_template.json", "tokenizer_config.json"]) {
      const path = join(directory, name);
      if (!existsSync(path)) continue;
      const fields = new Fields(readJson(path), path);
      if (fields.has("chat_template")) return new ChatTemplate(fields.text("chat_template"), path);
    }
    return new ChatTemplate(QWEN_CHAT_TEMPLATE);
  }

  /**
   * The conversation as text.
   *
   * @throws ModelError when the template fails on these messages
   */
  render(messages: readonly ChatMessage[], { addGenerationPrompt = true }: RenderOptions = {}): string {
    try {
      return this.#template.render({ messages, add_generation_prompt: addGenerationPrompt });
    } catch (cause) {
      throw new ModelError(`${this.#where}: cannot be rendered: ${(cause as Error).message}`, { cause });
    }
  }
}
