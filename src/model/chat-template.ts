/**
 * @module
 * Conversations as one string, by the Jinja template that a model directory carries.
 */
import { Template } from "@huggingface/jinja";
import { ModelError } from "../errors/index.ts";
import { Fields } from "./json-fields.ts";

/** One part of a message: some text, or the place of an image or a video. */
export type ContentPart =
  | { readonly type: "image" }
  | { readonly type: "video" }
  | { readonly type: "text"; readonly text: string };

/** One turn of a conversation. */
export interface ChatMessage {
  readonly role: "system" | "user" | "assistant";
  readonly content: string | readonly ContentPart[];
}

export interface RenderOptions {
  /** True, the default, ends with the opening of the assistant's turn. */
  readonly addGenerationPrompt?: boolean;
  /** True numbers images and videos: "Picture 1: " and "Video 1: " before each; false is the default. */
  readonly addVisionId?: boolean;
}

/**
 * The conversation format of Qwen2.5-VL: ChatML turns, the standard system message unless there is one, and each
 * image and video as one pad token between its vision marks. Renders as the published template does, in words of
 * its own. For directories that bring no template for images.
 */
export const QWEN_CHAT_TEMPLATE = `{%- set seen = namespace(images=0, videos=0) -%}
{%- for message in messages -%}
{%- if loop.first and message.role != 'system' -%}
{{- '<|im_start|>system\\nYou are a helpful assistant.<|im_end|>\\n' -}}
{%- endif -%}
{{- '<|im_start|>' + message.role + '\\n' -}}
{%- if message.content is string -%}
{{- message.content -}}
{%- else -%}
{%- for part in message.content -%}
{%- if part.type == 'image' or 'image' in part or 'image_url' in part -%}
{%- set seen.images = seen.images + 1 -%}
{%- if add_vision_id -%}{{- 'Picture ' ~ seen.images ~ ': ' -}}{%- endif -%}
{{- '<|vision_start|><|image_pad|><|vision_end|>' -}}
{%- elif part.type == 'video' or 'video' in part -%}
{%- set seen.videos = seen.videos + 1 -%}
{%- if add_vision_id -%}{{- 'Video ' ~ seen.videos ~ ': ' -}}{%- endif -%}
{{- '<|vision_start|><|video_pad|><|vision_end|>' -}}
{%- elif 'text' in part -%}
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
   * The conversation as text.
   *
   * @throws ModelError when the template fails on these messages
   */
  render(messages: readonly ChatMessage[], options: RenderOptions = {}): string {
    const { addGenerationPrompt = true, addVisionId = false } = options;
    try {
      return this.#template.render({
        messages,
        add_generation_prompt: addGenerationPrompt,
        add_vision_id: addVisionId,
      });
    } catch (cause) {
      throw new ModelError(`${this.#where}: cannot be rendered: ${(cause as Error).message}`, { cause });
    }
  }
}

/**
 * The first template that stands in one of these JSON files, under `chat_template`, else `QWEN_CHAT_TEMPLATE`.
 *
 * @param files where each came from, for messages, and what it says; undefined for one that is not there
 */
export function templateWithin(files: readonly (readonly [where: string, json: unknown])[]): ChatTemplate {
  for (const [where, json] of files) {
    if (json === undefined) continue;
    const fields = new Fields(json, where);
    if (fields.has("chat_template")) return new ChatTemplate(fields.text("chat_template"), where);
  }
  return new ChatTemplate(QWEN_CHAT_TEMPLATE);
}
