/**
 * @module
 * The conversation format of Llama 3.2-Vision.
 */

/**
 * A mark at the start; each turn is its role between two marks, what was said, and `<|eot_id|>`. Renders a conversation with
 * images as the published template does, in words of its own; without the system message that the published one makes up
 * for text alone. A system message beside images is rendered too, which the published one refuses. For directories that
 * bring no template, and for conversations that theirs has no place for.
 */
export const CHAT_TEMPLATE = `{{- '<|begin_of_text|>' -}}
{%- for message in messages -%}
{{- '<|start_header_id|>' ~ message.role ~ '<|end_header_id|>\\n\\n' -}}
{%- if message.content is string -%}
{{- message.content -}}
{%- else -%}
{%- for part in message.content -%}
{%- if part.type == 'text' -%}
{{- part.text -}}
{%- elif part.type == 'image' -%}
{{- '<|image|>' -}}
{%- endif -%}
{%- endfor -%}
{%- endif -%}
{{- '<|eot_id|>' -}}
{%- endfor -%}
{%- if add_generation_prompt -%}
{{- '<|start_header_id|>assistant<|end_header_id|>\\n\\n' -}}
{%- endif -%}
`;
