/**
 * @module
 * The conversation format of SmolVLM and Idefics3.
 */

/**
 * One mark at the start of the conversation; each turn is its role's name with a colon, the message, and
 * `<end_of_utterance>`. A space follows the colon unless an image does. A system message is rendered as all other
 * messages. Its output equals that of transformers' template for SmolVLM; its text is Fovea's own. For directories
 * without a template, and for conversations with videos, for which the published templates have no place.
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
