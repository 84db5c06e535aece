/**
 * @module
 * The conversation format of SmolVLM and Idefics3.
 */

/**
 * One mark at the start of the conversation; each turn is its role's name with a colon, what was said, and
 * `<end_of_utterance>`. A space follows the colon unless an image does. Renders as transformers' template for SmolVLM does,
 * in words of its own; a system message, as all others. For directories that bring no template, and for conversations
 * with videos, for which the published ones have no place.
 */
export const CHAT_TEMPLATE = `{{- '<|im_start|>' -}}
{%- for message in messages -%}
{{- message.role | capitalize ~ ':' -}}
{%- if message.content is string -%}
{{- ' ' ~ message.content -}}
{%- else -%}
{%- if message.content[0].type != 'image' -%}{{- ' ' -}}{%- endif -%}
{%- for part in message.content -%}
{%- if part.type == 'text' -%}
{{- part.text -}}
{%- elif part.type == 'image' -%}
{{- '<image>' -}}
{%- elif part.type == 'video' -%}
{{- '<video>' -}}
{%- endif -%}
{%- endfor -%}
{%- endif -%}
{{- '<end_of_utterance>\\n' -}}
{%- endfor -%}
{%- if add_generation_prompt -%}
{{- 'Assistant:' -}}
{%- endif -%}
`;
